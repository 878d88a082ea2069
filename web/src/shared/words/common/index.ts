import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    common: typeof id;
  }
}

addWords('common', id);

/** The words that every page needs: states, actions, errors. */
export const useCommonWords = () => useTranslation('common');
