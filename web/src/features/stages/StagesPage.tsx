import { PageTitle } from '@/shared/ui/PageTitle';
import { useStagesWords } from './words';

export function StagesPage() {
  const { t } = useStagesWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
