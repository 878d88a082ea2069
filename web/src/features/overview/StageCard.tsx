/** One stage: who is there, how it flows, what is late, and its limits. The whole card is one link. */

import {
  IconCircleDashed,
  IconClockExclamation,
  IconExclamationCircle,
  IconHandStop,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { Severity, StageReport } from '@/shared/api/types';
import { useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { Changing } from '@/shared/ui/Changing';
import { SeverityIcon } from '@/shared/vocabulary/badges';
import { StackedBar } from '@/shared/vocabulary/StackedBar';
import { Sparkline } from './Sparkline';
import css from './StageCard.module.css';
import { behindStage } from './stageLink';
import { useOverviewWords } from './words';

const ICON = { size: 16, stroke: 1.8 } as const;

export const StageCard = memo(function StageCard({
  stage,
  severity,
}: {
  stage: StageReport;
  severity: Severity | undefined;
}) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const name = useStageName()(stage);
  const people = format.count(stage.people);
  return (
    <Link {...behindStage(stage)} className={css.card}>
      <span className={css.head}>
        <span className={css.position}>{stage.position}</span>
        <span className={css.name} data-tip={name}>
          {name}
        </span>
        {severity && <SeverityIcon severity={severity} />}
      </span>
      <span className={css.flow}>
        <span className={css.people} data-none={stage.people === 0 || undefined}>
          <Changing value={stage.people}>{people}</Changing>
        </span>
        <span className={css.unit}>{t('stages.people')}</span>
        <span className={css.rate} data-tip={t('stages.tip.rate')}>
          <Sparkline values={stage.completions_14d} />
          {stage.throughput_per_day == null
            ? t('stages.no_rate')
            : t('stages.per_day', { rate: format.decimal(stage.throughput_per_day) })}
        </span>
      </span>
      {stage.people === 0 && stage.wip > 0 ? (
        <span className={css.beside}>{t('stages.beside', { wip: format.count(stage.wip) })}</span>
      ) : (
        <StackedBar
          late={stage.bar.overdue}
          risk={stage.bar.at_risk}
          ok={stage.bar.on_track}
          waiting={stage.bar.waiting}
        />
      )}
      <Counts stage={stage} />
      <Limits stage={stage} />
    </Link>
  );
});

function Counts({ stage }: { stage: StageReport }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const counts = [
    ['late', IconClockExclamation, stage.overdue],
    ['risk', IconExclamationCircle, stage.at_risk],
    ['blocked', IconHandStop, stage.blocked],
    ['waiting', IconCircleDashed, stage.waiting_for_window],
  ] as const;
  return (
    <span className={css.counts}>
      {counts.map(([what, Icon, count]) => (
        <span
          key={what}
          className={css.count}
          data-what={what}
          data-none={count === 0 || undefined}
          data-tip={t(`stages.tip.${what}`, { people: format.count(count) })}
        >
          <Icon {...ICON} role="img" aria-label={t(`stages.${what}`)} />
          <Changing value={count}>{format.count(count)}</Changing>
        </span>
      ))}
    </span>
  );
}

function Limits({ stage }: { stage: StageReport }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const wip = format.count(stage.wip);
  const late = format.count(stage.late);
  return (
    <>
      <span className={css.line}>
        <span data-tip={t('stages.tip.wip', { wip })}>
          {t('stages.wip')}{' '}
          <b>
            {stage.wip_limit == null
              ? wip
              : t('stages.of_limit', { wip, limit: format.count(stage.wip_limit) })}
          </b>
        </span>
        <span data-tip={t('stages.tip.sla_hit')}>
          {stage.sla_hit_rate == null
            ? t('stages.sla_hit_none')
            : t('stages.sla_hit', { percent: format.percent(stage.sla_hit_rate, 0) })}
        </span>
      </span>
      <span className={css.line}>
        <span data-tip={t('stages.tip.sla', { late, wip })}>
          {t('stages.sla')} <b>{t('stages.sla_days', { count: stage.sla_days })}</b>
          {stage.late > 0 && <> · {t('stages.past_sla', { late })}</>}
        </span>
        <Window stage={stage} />
      </span>
    </>
  );
}

/** From when and until when, in days before departure. */
function Window({ stage: { not_before_days: from, finish_by_days: to } }: { stage: StageReport }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  if (to == null) return null;
  return (
    <span data-tip={t('stages.tip.window')}>
      {from == null
        ? t('stages.finish_by', { day: format.daysTo(to) })
        : t('stages.window', { from: format.daysTo(from), to: format.daysTo(to) })}
    </span>
  );
}
