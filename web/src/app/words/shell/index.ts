import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    shell: typeof id;
  }
}

addWords('shell', id);

export const useShellWords = () => useTranslation('shell');
