import { PageTitle } from '@/shared/ui/PageTitle';
import { useJamaahWords } from './words';

export function JamaahPage() {
  const { t } = useJamaahWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
