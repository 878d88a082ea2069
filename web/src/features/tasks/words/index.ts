import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    tasks: typeof id;
  }
}

addWords('tasks', id);

export const useTasksWords = () => useTranslation('tasks');
