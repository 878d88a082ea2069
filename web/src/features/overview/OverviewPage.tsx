/** How the season stands: health, stages, what holds people up, who leaves soon. */

import { IconLock } from '@tabler/icons-react';
import { useDeferredValue } from 'react';
import { useMay } from '@/shared/session/session';
import { Empty } from '@/shared/ui/Empty';
import { PageTitle } from '@/shared/ui/PageTitle';
import { BottleneckSection } from './BottleneckSection';
import { DepartureSection } from './DepartureSection';
import { HealthStrip } from './HealthStrip';
import css from './OverviewPage.module.css';
import { StageSection } from './StageSection';
import { useOverviewWords } from './words';

export function OverviewPage() {
  const { t } = useOverviewWords();
  const may = useMay();
  // what is below the stages is drawn after them, so that they can be read sooner
  const isRestWanted = useDeferredValue(true, false);
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      {may('pipeline.read') ? (
        <div className={css.page}>
          <HealthStrip />
          <div className={css.stages}>
            <StageSection />
          </div>
          {isRestWanted && (
            <>
              <BottleneckSection />
              <DepartureSection />
            </>
          )}
        </div>
      ) : (
        <Empty icon={IconLock} title={t('forbidden')}>
          {t('forbidden_text')}
        </Empty>
      )}
    </>
  );
}
