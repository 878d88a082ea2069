import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    keys: typeof id;
  }
}

addWords('keys', id);

export const useKeyWords = () => useTranslation('keys');
