import { PageTitle } from '@/shared/ui/PageTitle';
import { useDeparturesWords } from './words';

export function DepartureListPage() {
  const { t } = useDeparturesWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
