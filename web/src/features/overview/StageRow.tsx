/** One stage on a phone: name, people, how many of them are overdue, and how they divide. */

import { IconClockExclamation } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Severity, StageReport } from '@/shared/api/types';
import { useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { SeverityIcon } from '@/shared/vocabulary/badges';
import { StackedBar } from '@/shared/vocabulary/StackedBar';
import css from './StageRow.module.css';
import { behindStage } from './stageLink';
import { useOverviewWords } from './words';

export const StageRow = memo(function StageRow({
  stage,
  severity,
}: {
  stage: StageReport;
  severity: Severity | undefined;
}) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const name = useStageName()(stage);
  const late = format.count(stage.overdue);
  return (
    <Link {...behindStage(stage)} className={css.row}>
      <span className={css.position}>{stage.position}</span>
      <span className={css.name}>{name}</span>
      {severity && <SeverityIcon severity={severity} />}
      <span className={css.people}>{format.count(stage.people)}</span>
      <span className={css.late} data-none={stage.overdue === 0 || undefined}>
        <IconClockExclamation
          size={16}
          stroke={1.8}
          role="img"
          aria-label={t('stages.tip.late', { people: late })}
        />
        <span aria-hidden>{late}</span>
      </span>
      <span className={css.bar}>
        {stage.people === 0 && stage.wip > 0 && (
          <span className={css.beside}>{t('stages.beside', { wip: format.count(stage.wip) })}</span>
        )}
        <StackedBar
          late={stage.bar.overdue}
          risk={stage.bar.at_risk}
          ok={stage.bar.on_track}
          waiting={stage.bar.waiting}
        />
      </span>
    </Link>
  );
});
