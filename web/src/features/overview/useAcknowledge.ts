/** Saying that one takes a bottleneck on. Shown at once, and taken back when the server refuses. */

import { useMutation } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { bottlenecksQuery } from '@/shared/api/snapshots';
import type { BottleneckAlert } from '@/shared/api/types';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useOverviewWords } from './words';

/** Into the summary that is on the screen, unless it knows a newer version. */
function put(alert: BottleneckAlert): void {
  queryClient.setQueryData(
    bottlenecksQuery.queryKey,
    (before) =>
      before && {
        ...before,
        data: before.data.map((bottleneck) =>
          bottleneck.alert?.id === alert.id && bottleneck.alert.version <= alert.version
            ? { ...bottleneck, alert }
            : bottleneck,
        ),
      },
  );
}

export function useAcknowledge() {
  const { t } = useOverviewWords();
  const words = useErrorWords();
  return useMutation({
    mutationFn: async ({ alert }: { alert: BottleneckAlert; stage: string }) =>
      (
        await ask(
          api.POST('/api/v1/pipeline/bottlenecks/alerts/{id}/acknowledge', {
            params: { path: { id: alert.id } },
            body: { version: alert.version },
          }),
        )
      ).data,
    onSuccess: (alert, { stage }) => {
      put(alert);
      toast.success({ title: t('bottlenecks.taken', { stage }) });
    },
    onError: (error) => {
      toast.error({ title: t('bottlenecks.failed'), text: words(error) });
      void queryClient.invalidateQueries({ queryKey: bottlenecksQuery.queryKey });
    },
  });
}
