import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    profile: typeof id;
  }
}

addWords('profile', id);

export const useProfileWords = () => useTranslation('profile');
