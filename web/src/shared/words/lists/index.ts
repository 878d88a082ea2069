import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    lists: typeof id;
  }
}

addWords('lists', id);

/** The words around lists and forms: filters, pages, what is not allowed, what is not saved. */
export const useListWords = () => useTranslation('lists');
