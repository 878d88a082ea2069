import { PageTitle } from '@/shared/ui/PageTitle';
import { useOverviewWords } from './words';

export function OverviewPage() {
  const { t } = useOverviewWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
