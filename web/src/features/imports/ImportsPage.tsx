import { PageTitle } from '@/shared/ui/PageTitle';
import { useImportsWords } from './words';

export function ImportsPage() {
  const { t } = useImportsWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
