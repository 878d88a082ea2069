/** One stage that holds people up: how badly, why, what to do first, and who has taken it on. */

import { Button } from '@mantine/core';
import { IconBulb } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { Trans } from 'react-i18next';
import type { Bottleneck } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useCanWrite } from '@/shared/live/status';
import { useMay } from '@/shared/session/session';
import { Changing } from '@/shared/ui/Changing';
import { Initials } from '@/shared/ui/Initials';
import { usePhone } from '@/shared/ui/widths';
import { Direction, SeverityBadge } from '@/shared/vocabulary/badges';
import css from './BottleneckItem.module.css';
import { useAcknowledge } from './useAcknowledge';
import { useAdvice } from './useAdvice';
import { useOverviewWords } from './words';

const DAY_MS = 86_400_000;
/** Of why tasks are blocked, the most frequent. */
const CAUSES = 2;

export const BottleneckItem = memo(function BottleneckItem({ bottleneck }: { bottleneck: Bottleneck }) {
  const name = useStageName()(bottleneck);
  const { t } = useOverviewWords();
  const format = useFormats();
  const phone = usePhone();
  const scoreInWords = useScoreInWords(bottleneck);
  return (
    <article className={css.item} data-severity={bottleneck.severity}>
      <div className={css.head}>
        <SeverityBadge severity={bottleneck.severity} />
        <h3 className={css.name} data-tip={scoreInWords}>
          <Link to="/dashboard/pipeline/jamaah" search={{ stage: bottleneck.code }}>
            {name}
          </Link>
        </h3>
        <Trend bottleneck={bottleneck} />
        {!phone && <Taken bottleneck={bottleneck} name={name} />}
      </div>
      <Causes bottleneck={bottleneck} />
      <Advice bottleneck={bottleneck} />
      {phone && (
        <div className={css.actions}>
          <Taken bottleneck={bottleneck} name={name} />
          <Link to="/dashboard/pipeline/jamaah" search={{ stage: bottleneck.code }} className={css.see}>
            {t('bottlenecks.see_people', { people: format.count(bottleneck.evidence.wip) })}
          </Link>
        </div>
      )}
    </article>
  );
});

/** More or fewer late than yesterday; until that is known, whether the stage fills or empties. */
function Trend({ bottleneck: { evidence, late_yesterday, unstable } }: { bottleneck: Bottleneck }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const growth = unstable?.growing_by_per_day ?? 0;
  const flow =
    growth === 0
      ? undefined
      : t(growth > 0 ? 'bottlenecks.growing' : 'bottlenecks.shrinking', {
          rate: format.decimal(Math.abs(growth)),
        });
  if (late_yesterday == null) return flow && <span className={css.trend}>{flow}</span>;
  const difference = evidence.late - late_yesterday;
  const since = t('bottlenecks.since', { difference: format.signed(difference) });
  return (
    <span data-tip={flow ? `${since}\n${flow}` : since}>
      <Direction difference={difference} goodWhen="down" short />
    </span>
  );
}

function Taken({ bottleneck: { alert }, name }: { bottleneck: Bottleneck; name: string }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const nameOf = useNameOf(Boolean(alert?.acknowledged_by));
  const may = useMay();
  const canWrite = useCanWrite();
  const phone = usePhone();
  const acknowledge = useAcknowledge();
  if (!alert) return null;
  if (alert.acknowledged_at) {
    const who = nameOf(alert.acknowledged_by);
    const when = format.ago(alert.acknowledged_at);
    return (
      <span className={css.taken}>
        {who && <Initials name={who} named />}
        {who
          ? t('bottlenecks.acknowledged', { name: who, when })
          : t('bottlenecks.acknowledged_someone', { when })}
      </span>
    );
  }
  if (!may('bottlenecks.acknowledge')) return null;
  return (
    <Button
      className={css.action}
      variant={phone ? 'filled' : 'default'}
      size="xs"
      disabled={!canWrite}
      loading={acknowledge.isPending}
      onClick={() => acknowledge.mutate({ alert, stage: name })}
      aria-label={`${t('bottlenecks.acknowledge')}: ${name}`}
      data-tip={t('bottlenecks.acknowledge_tip')}
    >
      {t('bottlenecks.acknowledge')}
    </Button>
  );
}

function Causes({ bottleneck: { evidence, cause } }: { bottleneck: Bottleneck }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const delay = evidence.mean_delay_days;
  return (
    <p className={css.causes}>
      {delay == null || evidence.late === 0 ? (
        t('bottlenecks.none_late')
      ) : (
        <Changing value={evidence.late}>
          <Trans
            t={t}
            i18nKey="bottlenecks.late"
            values={{ people: format.count(evidence.late), days: format.duration(delay * DAY_MS) }}
            components={{ b: <b /> }}
          />
        </Changing>
      )}
      {cause.blockers.slice(0, CAUSES).map(({ reason, tasks }) => (
        <span key={reason}>
          {' · '}
          {reason} {format.count(tasks)}
        </span>
      ))}
    </p>
  );
}

function Advice({ bottleneck }: { bottleneck: Bottleneck }) {
  const advice = useAdvice(bottleneck);
  return (
    <p className={css.advice}>
      <IconBulb size={16} stroke={1.6} aria-hidden />
      <span>{advice}</span>
    </p>
  );
}

/** "Skor 29,0 dari 100: bagian yang lewat SLA 4,5; …", without what adds nothing. */
function useScoreInWords({ score, evidence }: Bottleneck): string {
  const { t } = useOverviewWords();
  const format = useFormats();
  const parts = (Object.entries(evidence.points) as [keyof typeof evidence.points, number][])
    .filter(([, points]) => points >= 0.05)
    .map(([what, points]) => t(`bottlenecks.points.${what}`, { points: format.decimal(points) }));
  return t('bottlenecks.formula', { score: format.decimal(score), parts: parts.join('; ') });
}
