import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    overview: typeof id;
  }
}

addWords('overview', id);

export const useOverviewWords = () => useTranslation('overview');
