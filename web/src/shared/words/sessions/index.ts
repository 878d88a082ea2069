import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    sessions: typeof id;
  }
}

addWords('sessions', id);

/** The words for where somebody is signed in. */
export const useSessionListWords = () => useTranslation('sessions');
