/** What the bell tells: what the log said, and the alerts about stages of one's own roles that stand now. */

import { useQuery } from '@tanstack/react-query';
import { bottlenecksQuery, stagesQuery } from '@/shared/api/snapshots';
import type { Bottleneck, Severity } from '@/shared/api/types';
import { type Item, useNews } from '@/shared/news/news';
import { useMay, useMe } from '@/shared/session/session';

export interface AlertItem {
  id: string;
  kind: 'alert';
  at: string;
  stage: string;
  severity: Severity;
}

export type NewsItem = (Item | AlertItem) & { unread: boolean };

/** The newest first. */
export function useNewsItems(): NewsItem[] {
  const { items, read } = useNews();
  const alerts = useAlerts();
  return [...items, ...alerts]
    .map((item) => ({ ...item, unread: !read.includes(item.id) }))
    .sort((a, b) => b.at.localeCompare(a.at));
}

export const useUnread = (): number => useNewsItems().filter(({ unread }) => unread).length;

function useAlerts(): AlertItem[] {
  const may = useMay();
  const { roles } = useMe();
  const enabled = may('pipeline.read');
  const stages = useQuery({ ...stagesQuery, enabled }).data?.data ?? [];
  const bottlenecks = useQuery({ ...bottlenecksQuery, enabled }).data?.data ?? [];
  const own = stages.filter(({ role }) => roles.includes(role)).map(({ id }) => id);
  return alertItems(bottlenecks, may('bottlenecks.acknowledge') ? undefined : own);
}

/**
 * The alerts that nobody has taken on yet. Whoever may do so hears of all of them, the others of those about the
 * stages of their roles.
 */
export const alertItems = (
  bottlenecks: readonly Pick<Bottleneck, 'stage_id' | 'alert'>[],
  stages: readonly string[] | undefined,
): AlertItem[] =>
  bottlenecks.flatMap(({ alert, stage_id }) =>
    alert && !alert.acknowledged_at && (!stages || stages.includes(stage_id))
      ? [
          {
            // what got worse is news again
            id: `${alert.id}:${alert.severity}`,
            kind: 'alert' as const,
            at: alert.history.at(-1)?.at ?? alert.raised_at,
            stage: stage_id,
            severity: alert.severity,
          },
        ]
      : [],
  );
