/** What the browser knows of the server's state. Live events patch it (`shared/live`). */

import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './errors';

const ATTEMPTS = 3;

const mayPass = (error: Error): boolean => error instanceof ApiError && error.passing;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      // news come by themselves; without them a page that is opened again asks again after this long
      staleTime: 60_000,
      // without a network a request fails, and what is missing says so, instead of waiting for ever
      networkMode: 'always',
      gcTime: 30 * 60_000,
      retry: (failures, error) => failures < ATTEMPTS && mayPass(error),
      retryDelay: (failures, error) =>
        error instanceof ApiError && error.retryAfterSeconds
          ? error.retryAfterSeconds * 1000
          : Math.min(500 * 2 ** failures, 8000),
      refetchOnWindowFocus: false,
    },
    mutations: {
      // what cannot be sent now is refused and said, never sent at some later time
      networkMode: 'always',
      retry: false,
    },
  },
});
