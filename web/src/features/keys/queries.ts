/** The API keys, all of them: there are about as many as other programs. */

import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { ApiKeyInfo } from '@/shared/api/types';

/** As many as the server gives at once. */
const AT_ONCE = 100;

export const KEYS = ['api-keys'] as const;

export const keysQuery = queryOptions({
  queryKey: KEYS,
  staleTime: 0,
  queryFn: async ({ signal }): Promise<ApiKeyInfo[]> => {
    const all: ApiKeyInfo[] = [];
    for (let page = 1, pages = 1; page <= pages; page += 1) {
      const { data, meta } = await ask(
        api.GET('/api/v1/api-keys', { signal, params: { query: { page, limit: AT_ONCE } } }),
      );
      all.push(...data);
      pages = meta?.pages ?? 1;
    }
    return all;
  },
});

export const reload = () => queryClient.invalidateQueries({ queryKey: KEYS });
