/** How the season stands: health, stages, what holds people up, who leaves soon. */

import { PageTitle } from '@/shared/ui/PageTitle';
import { BottleneckSection } from './BottleneckSection';
import { DepartureSection } from './DepartureSection';
import { HealthStrip } from './HealthStrip';
import css from './OverviewPage.module.css';
import { StageSection } from './StageSection';
import { useOverviewWords } from './words';

export function OverviewPage() {
  const { t } = useOverviewWords();
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <div className={css.page}>
        <HealthStrip />
        <div className={css.stages}>
          <StageSection />
        </div>
        <BottleneckSection />
        <DepartureSection />
      </div>
    </>
  );
}
