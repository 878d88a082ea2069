/** Whom a task can be given to, and what those are called who did something. */

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { Actor, User } from '@/shared/api/types';

/** As many as the server gives at once. */
const AT_ONCE = 100;

/** Everybody of the organisation, by name; also those who are no longer active. */
export const peopleQuery = queryOptions({
  queryKey: ['people'],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }): Promise<User[]> => {
    const all: User[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { data, meta } = await ask(
        api.GET('/api/v1/users', { signal, params: { query: { page, limit: AT_ONCE } } }),
      );
      all.push(...data);
      pages = meta?.pages ?? 1;
    }
    return all;
  },
});

/**
 * What somebody is called; `undefined` while that is not known, and for the program itself. Names are loaded only
 * when they are needed.
 */
export function useNameOf(needed = true): (who: string | Actor | null | undefined) => string | undefined {
  const people = useQuery({ ...peopleQuery, enabled: needed }).data;
  return (who) => {
    const id = typeof who === 'string' ? who : who?.type === 'user' ? who.id : undefined;
    return id === undefined ? undefined : people?.find((person) => person.id === id)?.name;
  };
}

/** The same once, outside what is drawn; `undefined` also when the names cannot be had. */
export async function nameOfActor(actor: Actor): Promise<string | undefined> {
  if (actor.type !== 'user') return undefined;
  const people = await queryClient.ensureQueryData(peopleQuery).catch(() => []);
  return people.find(({ id }) => id === actor.id)?.name;
}
