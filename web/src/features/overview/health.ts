/** What stands in the strip of health figures: each with its share, its reason in words, and the list behind it. */

import type { Health, StageReport } from '@/shared/api/types';
import type { Formats } from '@/shared/format/formats';
import type { useOverviewWords } from './words';

type Words = ReturnType<typeof useOverviewWords>['t'];

export const FIGURES = ['active', 'on_track', 'at_risk', 'overdue', 'blocked', 'waiting'] as const;
export type Figure = (typeof FIGURES)[number];

/** The list that a figure counts. */
export const LIST: Record<Figure, { status?: string; blocked?: true; waiting?: true }> = {
  active: { status: 'active' },
  on_track: { status: 'on_track' },
  at_risk: { status: 'at_risk' },
  overdue: { status: 'overdue' },
  blocked: { blocked: true },
  waiting: { waiting: true },
};

/** Of which change one can say that it is good or bad. */
export const GOOD_WHEN: Partial<Record<Figure, 'up' | 'down'>> = {
  on_track: 'up',
  at_risk: 'down',
  overdue: 'down',
  blocked: 'down',
};

/** The share of all active jamaah; `undefined` where there is none to give. */
export function shareOf(figure: Figure, health: Health): number | undefined {
  return figure === 'active' || health.active === 0 ? undefined : health[figure] / health.active;
}

/** How the score comes about: what it begins with and what is taken off. */
export function scoreReasons({ deductions }: Health, t: Words, format: Formats): string {
  const { base, critical_bottleneck, expected_misses } = deductions;
  return [
    base != null && t('health.base', { points: format.decimal(base) }),
    critical_bottleneck > 0
      ? t('health.critical', { points: format.count(critical_bottleneck) })
      : t('health.no_critical'),
    expected_misses == null
      ? t('health.no_misses')
      : t('health.misses', { points: format.decimal(expected_misses) }),
  ]
    .filter(Boolean)
    .join('; ');
}

/** Why a figure is what it is, in at most two lines. */
export function reasonOf(
  figure: Figure,
  { health, stages }: { health: Health; stages: StageReport[] },
  { t, format, nameOf }: { t: Words; format: Formats; nameOf: (stage: StageReport) => string },
): string {
  const [total, completed] = [format.count(health.total), format.count(health.completed)];
  if (figure === 'active') {
    return health.on_hold
      ? t('health.on_hold_too', { total, completed, held: format.count(health.on_hold) })
      : t('health.of_total', { total, completed });
  }
  if (health[figure] === 0) return t('health.nobody');
  if (figure === 'on_track') return t('health.on_track_why', { waiting: format.count(health.waiting) });
  if (figure === 'waiting') return windows(stages, t, format);
  const most = stages.reduce<StageReport | undefined>(
    (before, stage) => (before && before[figure] >= stage[figure] ? before : stage),
    undefined,
  );
  if (!most || most[figure] === 0) return '';
  return t('health.most_at', { people: format.count(most[figure]), stage: nameOf(most) });
}

/** When the windows that people wait for open, the two with most of them. */
function windows(stages: StageReport[], t: Words, format: Formats): string {
  return stages
    .filter((stage) => stage.waiting_for_window > 0 && stage.not_before_days != null)
    .sort((a, b) => b.waiting_for_window - a.waiting_for_window)
    .slice(0, 2)
    .map((stage) =>
      t('health.window_opens', {
        people: format.count(stage.waiting_for_window),
        day: format.daysTo(stage.not_before_days ?? 0),
      }),
    )
    .join('; ');
}
