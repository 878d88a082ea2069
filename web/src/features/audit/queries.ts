/** The log as it is looked through: from the newest back, a page after the other. */

import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { endOfDay, startOfDay } from '@/shared/format/days';
import type { AuditSearch } from './search';

const AT_ONCE = 50;

/** As the server takes it: instants instead of days. */
export function filterOf({ from, to, actor, kind, request }: AuditSearch, timezone: string) {
  return {
    ...(from ? { from: startOfDay(from, timezone) } : {}),
    ...(to ? { to: endOfDay(to, timezone) } : {}),
    ...(actor ? { actor } : {}),
    ...(kind ? { kind } : {}),
    ...(request ? { request_id: request } : {}),
  };
}

export const auditQuery = (search: AuditSearch, timezone: string) =>
  infiniteQueryOptions({
    queryKey: ['audit', search, timezone] as const,
    staleTime: 0,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ signal, pageParam }) =>
      ask(
        api.GET('/api/v1/audit', {
          signal,
          params: {
            query: {
              ...filterOf(search, timezone),
              limit: AT_ONCE,
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: ({ meta }) => meta?.next ?? undefined,
  });
