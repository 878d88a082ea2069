import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    passwords: typeof id;
  }
}

addWords('passwords', id);

/** The words for choosing a password, which several pages share. */
export const usePasswordWords = () => useTranslation('passwords');
