/** The people as an administrator sees them. */

import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { peopleQuery } from '@/shared/entities/people';
import type { PeopleSearch } from './search';

export const listQuery = ({ q, role, state, page, limit }: PeopleSearch) =>
  queryOptions({
    queryKey: ['people', 'list', { q, role, state, page, limit }] as const,
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/users', {
          signal,
          params: {
            query: {
              ...(q ? { q } : {}),
              ...(role ? { role } : {}),
              ...(state ? { active: state === 'active' } : {}),
              ...(page ? { page } : {}),
              ...(limit ? { limit } : {}),
            },
          },
        }),
      ),
  });

export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'one', id] as const,
    staleTime: 0,
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/api/v1/users/{id}', { signal, params: { path: { id } } }))).data,
  });

export const sessionsQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', 'sessions', id] as const,
    staleTime: 0,
    queryFn: async ({ signal }) =>
      (await ask(api.GET('/api/v1/users/{id}/sessions', { signal, params: { path: { id } } }))).data,
  });

/** After a change of somebody: lists, names and roles say it anew. */
export const reload = () =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: peopleQuery.queryKey }),
    queryClient.invalidateQueries({ queryKey: ['roles'] }),
  ]);
