/** What to do first about a bottleneck, and what those late there have in common, in two short sentences. */

import type { Bottleneck } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { type Formats, useFormats } from '@/shared/format/formats';
import { useOverviewWords } from './words';

type Words = ReturnType<typeof useOverviewWords>['t'];
type NameOf = ReturnType<typeof useNameOf>;

export function useAdvice(bottleneck: Bottleneck): string {
  const { t } = useOverviewWords();
  const format = useFormats();
  const nameOf = useNameOf(
    bottleneck.suggestion === 'rebalance' ||
      bottleneck.cause.over_represented.some(({ variable }) => variable === 'assignee'),
  );
  return [firstStep(bottleneck, t, format, nameOf), inCommon(bottleneck, t, format, nameOf)]
    .filter(Boolean)
    .join('. ');
}

function firstStep(
  { suggestion, evidence, cause }: Bottleneck,
  t: Words,
  format: Formats,
  nameOf: NameOf,
): string {
  const flow = {
    arrivals: format.decimal(evidence.arrivals_per_day),
    completions: format.decimal(evidence.throughput_per_day),
  };
  const { top_assignee: top } = cause.queue;
  switch (suggestion) {
    case 'clear_blockers':
      return t('bottlenecks.suggestion.clear_blockers', { people: format.count(evidence.blocked) });
    case 'raise_wip_limit':
      return t('bottlenecks.suggestion.raise_wip_limit', {
        limit: format.count(evidence.wip_limit ?? 0),
        wip: format.count(evidence.wip),
      });
    case 'rebalance': {
      const name = nameOf(top?.user_id);
      const percent = format.percent(top?.share ?? 0, 0);
      return name
        ? t('bottlenecks.suggestion.rebalance', { name, percent })
        : t('bottlenecks.suggestion.rebalance_someone', { percent });
    }
    case 'chase_overdue':
      return t('bottlenecks.suggestion.chase_overdue', { people: format.count(evidence.late) });
    default:
      return t(`bottlenecks.suggestion.${suggestion}`, flow);
  }
}

/** The strongest thing that can be named; else whom it holds up next; else how much nobody has taken. */
function inCommon(
  { cause, evidence }: Bottleneck,
  t: Words,
  format: Formats,
  nameOf: NameOf,
): string | undefined {
  for (const common of cause.over_represented) {
    const value =
      common.variable === 'assignee'
        ? nameOf(common.value)
        : common.variable === 'departure'
          ? evidence.near_departures.find((near) => near.departure_id === common.value)?.code
          : common.value;
    if (value) {
      return t(`bottlenecks.more_often.${common.variable}`, {
        value,
        lift: format.decimal(common.lift),
        people: format.count(common.late),
      });
    }
  }
  const [near] = evidence.near_departures;
  if (near) {
    const days = format.daysBetween(Date.now(), `${near.departure_date}T12:00:00Z`);
    return t('bottlenecks.near', {
      inside: format.count(near.inside),
      code: near.code,
      days: format.daysTo(days),
    });
  }
  const { unassigned, open_tasks } = cause.queue;
  return unassigned > 0
    ? t('bottlenecks.unassigned', { tasks: format.count(unassigned), open: format.count(open_tasks) })
    : undefined;
}
