import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    newTask: typeof id;
  }
}

addWords('newTask', id);

/** The words for making a task, which the board and the page of a jamaah share. */
export const useNewTaskWords = () => useTranslation('newTask');
