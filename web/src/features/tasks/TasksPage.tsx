import { PageTitle } from '@/shared/ui/PageTitle';
import { useTasksWords } from './words';

export function TasksPage() {
  const { t } = useTasksWords();
  return <PageTitle>{t('title')}</PageTitle>;
}
