import { useTranslation } from 'react-i18next';
import { addWords } from '@/shared/words/i18n';
import { id } from './id';

declare module '@/shared/words/i18n' {
  interface Words {
    audit: typeof id;
  }
}

addWords('audit', id);

export const useAuditWords = () => useTranslation('audit');
