import { PageTitle } from '@/shared/ui/PageTitle';
import { useJamaahWords } from './words';

export function JamaahListPage() {
  const { t } = useJamaahWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
