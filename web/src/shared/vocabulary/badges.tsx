/** The words of the trade as they are drawn everywhere: shape and word first, colour third. */

import { IconHeartbeat, type Icon as TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Bucket, DepartureRisk, HealthBand, Priority, Severity, Status } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { useCommonWords } from '@/shared/words/common';
import { BUCKET, DIRECTION, FLAG, PRIORITY, SEVERITY, STATUS, type Tone } from './icons';
import css from './vocabulary.module.css';

const BADGE_ICON = { size: 14, stroke: 1.8, 'aria-hidden': true } as const;

function Badge({ icon: Icon, tone, children }: { icon: TablerIcon; tone: Tone; children: ReactNode }) {
  return (
    <span className={css.badge} data-tone={tone}>
      <Icon {...BADGE_ICON} />
      {children}
    </span>
  );
}

/** The state of a person. */
export function StatusBadge({ status }: { status: Status }) {
  const { t } = useCommonWords();
  return <Badge {...STATUS[status]}>{t(`status.${status}`)}</Badge>;
}

/** Beside a status: blocked, on hold. */
export function FlagBadge({ flag }: { flag: keyof typeof FLAG }) {
  const { t } = useCommonWords();
  return (
    <Badge icon={FLAG[flag]} tone="flag">
      {t(`flag.${flag}`)}
    </Badge>
  );
}

export function SeverityBadge({ severity }: { severity: Severity }) {
  const { t } = useCommonWords();
  return <Badge {...SEVERITY[severity]}>{t(`severity.${severity}`)}</Badge>;
}

/** The same without the word, for a corner; the word is its label. */
export function SeverityIcon({ severity, size = 18 }: { severity: Severity; size?: number }) {
  const { t } = useCommonWords();
  const { icon: Icon, tone } = SEVERITY[severity];
  return (
    <Icon
      className={css.icon}
      data-tone={tone}
      size={size}
      stroke={1.8}
      role="img"
      aria-label={t(`severity.${severity}`)}
    />
  );
}

const BAND_TONE: Record<HealthBand, Tone> = {
  healthy: 'ok',
  watch: 'risk',
  poor: 'late',
  critical: 'critical',
};

/** What a health score means. */
export function BandBadge({ band }: { band: HealthBand }) {
  const { t } = useCommonWords();
  return (
    <Badge icon={IconHeartbeat} tone={BAND_TONE[band]}>
      {t(`band.${band}`)}
    </Badge>
  );
}

export function PriorityIcon({ priority, size = 16 }: { priority: Priority; size?: number }) {
  const { t } = useCommonWords();
  if (priority === 'normal') return null;
  const { icon: Icon, tone } = PRIORITY[priority];
  return (
    <Icon
      className={css.icon}
      data-tone={tone}
      size={size}
      stroke={1.8}
      role="img"
      aria-label={t(`priority.${priority}`)}
    />
  );
}

/** Beside the name of a column, which says the word. */
export function BucketIcon({ bucket, size = 16 }: { bucket: Bucket; size?: number }) {
  const Icon = BUCKET[bucket];
  return (
    <Icon
      className={css.icon}
      data-tone={bucket === 'urgent' ? 'late' : 'flag'}
      size={size}
      stroke={1.8}
      aria-hidden
    />
  );
}

/** The icon of a person's state, where the word stands beside it. */
export function StatusIcon({ status, size = 16 }: { status: Status; size?: number }) {
  const { icon: Icon, tone } = STATUS[status];
  return <Icon className={css.icon} data-tone={tone} size={size} stroke={1.8} aria-hidden />;
}

/** The second judgement: how likely somebody is ready to depart. */
export function RiskBar({
  risk,
  probability,
}: {
  risk: DepartureRisk;
  probability: number | null | undefined;
}) {
  const { t } = useCommonWords();
  const format = useFormats();
  if (probability == null || risk === 'unknown') {
    return (
      <span className={css.risk} data-risk="unknown">
        {t('no_data')}
      </span>
    );
  }
  return (
    <span className={css.risk} data-risk={risk} title={t('risk_label')}>
      <span className={css.riskTrack} aria-hidden>
        <span className={css.riskFill} style={{ display: 'block', width: `${probability * 100}%` }} />
      </span>
      {t('ready', { percent: format.percent(probability, 0) })}
    </span>
  );
}

/**
 * A difference since yesterday. `goodWhen` says which way is good; without it there is no word, as neither is.
 */
export function Direction({
  difference,
  goodWhen,
  digits = 0,
  short = false,
}: {
  difference: number;
  goodWhen?: 'up' | 'down' | undefined;
  digits?: number;
  /** Without the word, where there is no room; whoever hears the page still hears it. */
  short?: boolean;
}) {
  const { t } = useCommonWords();
  const format = useFormats();
  const way = difference === 0 ? 'same' : difference > 0 ? 'up' : 'down';
  const good = way === 'same' || !goodWhen ? undefined : way === goodWhen ? 'better' : 'worse';
  const Icon = DIRECTION[way];
  return (
    <span className={css.direction} data-good={good}>
      <Icon size={14} stroke={1.8} aria-hidden />
      {way === 'same' ? t('direction.same') : <b>{format.signed(difference, digits)}</b>}
      {good && <span className={short ? css.spoken : undefined}>{t(`direction.${good}`)}</span>}
    </span>
  );
}
