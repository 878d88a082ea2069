import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    roles: typeof id;
  }
}

addWords('roles', id);

export const useRolesWords = () => useTranslation('roles');
