/** Sending a manifest: to try it, and in earnest; and following an import until it is done. */

import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { Envelope, ImportDetail, Report } from '@/shared/api/types';
import { liveClient } from '@/shared/live/live';
import { currentMe } from '@/shared/session/session';
import type { Progress } from '@/shared/work/work';

/** How often to look when nobody tells us. */
const LOOK_EVERY_MS = 1000;

function send(file: File, dryRun: boolean): Promise<Envelope<Report>> {
  const form = new FormData();
  form.append('file', file, file.name);
  return ask(
    api.POST('/api/v1/pipeline/imports', {
      params: { query: { dry_run: dryRun }, header: dryRun ? {} : { Prefer: 'respond-async' } },
      // the type of a form's file is its text
      body: { file: file.name },
      bodySerializer: () => form,
    }),
  );
}

/** What importing the file would do. */
export const tryOut = async (file: File): Promise<Report> => (await send(file, true)).data;

/** Begins; the answer may come before the end. */
export const begin = async (file: File): Promise<Report> => (await send(file, false)).data;

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: ['import', id] as const,
    queryFn: async ({ signal }): Promise<ImportDetail> =>
      (await ask(api.GET('/api/v1/pipeline/imports/{id}', { signal, params: { path: { id } } }))).data,
  });

/** Resolves when the import is over. News come by its channel, and by looking when there is no connection. */
export async function follow(id: string, progress: Progress): Promise<ImportDetail> {
  const client = await liveClient();
  const channel = `realtime:${currentMe()?.tenant.slug}:jobs:${id}`;
  const subscription = client?.getSubscription(channel) ?? client?.newSubscription(channel);
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      if (subscription) {
        subscription.removeAllListeners();
        client?.removeSubscription(subscription);
      }
    };
    const take = (detail: ImportDetail) => {
      queryClient.setQueryData(importQuery(id).queryKey, detail);
      progress(detail.processed, detail.rows);
      if (detail.state === 'running') return;
      end();
      resolve(detail);
    };
    const look = async () => {
      try {
        take(await queryClient.fetchQuery({ ...importQuery(id), staleTime: 0 }));
      } catch (error) {
        end();
        reject(error);
        return;
      }
      if (queryClient.getQueryData(importQuery(id).queryKey)?.state === 'running') {
        timer = setTimeout(look, LOOK_EVERY_MS);
      }
    };
    subscription?.on('subscribed', ({ data }) => data && take((data as Envelope<ImportDetail>).data));
    subscription?.on('publication', ({ data }) => take((data as Envelope<ImportDetail>).data));
    subscription?.subscribe();
    void look();
  });
}

export const importsQuery = (page: number) =>
  queryOptions({
    queryKey: ['imports', page] as const,
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/pipeline/imports', { signal, params: { query: { page } } })),
  });
