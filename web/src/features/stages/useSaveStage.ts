/** Saves a stage and its task templates: two requests, of which only those are sent that change something. */

import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import { stagesQuery } from '@/shared/api/snapshots';
import type { Stage } from '@/shared/api/types';
import { toast } from '@/shared/ui/toast';
import { differences } from '@/shared/ui/useDraftForm';
import { type StageValues, stageOf, templatesOf } from './stageValues';
import { useStageWords } from './words';

export function useSaveStage(of: Stage | undefined, initial: StageValues, done: () => void) {
  const { t } = useStageWords();
  // what is stored by now: after half of it was saved, or a colleague came first, the next attempt goes on from there
  const stored = useRef(of);
  return useMutation({
    mutationFn: async (values: StageValues): Promise<Stage> => {
      if (!stored.current) {
        stored.current = (await ask(api.POST('/api/v1/pipeline/stages', { body: stageOf(values) }))).data;
      } else if (of) {
        const changed = differences(stageOf(initial), stageOf(values));
        if (Object.keys(changed).length > 0) stored.current = await change(stored.current, changed);
      }
      const templates = templatesOf(values);
      if (JSON.stringify(templates) !== JSON.stringify(templatesOf(initial))) {
        const { id, version } = stored.current;
        const { data } = await ask(
          api.PUT('/api/v1/pipeline/stages/{id}/templates', {
            params: { path: { id } },
            body: { templates, version },
          }),
        );
        stored.current = { ...stored.current, version: data.version };
      }
      return stored.current;
    },
    onError: (error) => {
      const current = error instanceof ApiError ? error.current<Stage>() : undefined;
      if (current) stored.current = current;
    },
    onSuccess: (stage) => {
      toast.success({ title: t('saved', { name: stage.name }) });
      done();
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: stagesQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: ['stages-apply'] });
    },
  });
}

const change = async ({ id, version }: Stage, changed: object): Promise<Stage> =>
  (
    await ask(
      api.PUT('/api/v1/pipeline/stages/{id}', { params: { path: { id } }, body: { ...changed, version } }),
    )
  ).data;
