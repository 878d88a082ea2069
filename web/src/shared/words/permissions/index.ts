import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    permissions: typeof id;
  }
}

addWords('permissions', id);

/** What can be permitted, in words. */
export const usePermissionWords = () => useTranslation('permissions');
