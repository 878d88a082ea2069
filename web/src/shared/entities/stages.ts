/** What stages are called in the language that is spoken. */

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { stagesQuery } from '@/shared/api/snapshots';
import type { StageReport, TaskCard } from '@/shared/api/types';
import { useMay } from '@/shared/session/session';
import { useLanguage } from '@/shared/words/i18n';

type TaskStage = Pick<TaskCard, 'stage_id' | 'stage_name' | 'stage_name_en'>;

/** Both names of a stage. */
interface Named {
  name: string;
  name_en: string;
}

/** Those that take nobody in any more. An invalidation of the stages is one of these, too. */
export const retiredStagesQuery = queryOptions({
  queryKey: ['stages', 'retired'],
  queryFn: ({ signal }) =>
    ask(api.GET('/api/v1/pipeline/stages', { signal, params: { query: { retired: true, limit: 100 } } })),
});

export function useStageName(): (stage: Named) => string {
  const language = useLanguage();
  return (stage) => (language === 'en' && stage.name_en) || stage.name;
}

/** The stage of a task: as the pipeline calls it now, or for those who do not see that, as the task does. */
export function useStageOfTask(): (task: TaskStage) => string {
  const nameOf = useStageName();
  const known = useStageNameOf();
  return ({ stage_id, stage_name, stage_name_en }) =>
    known(stage_id) ?? nameOf({ name: stage_name ?? '', name_en: stage_name_en ?? '' });
}

/** The pipeline's stages; none before they are known, or for those who may not see them. */
export function useStages(): StageReport[] {
  const enabled = useMay()('pipeline.read');
  return useQuery({ ...stagesQuery, enabled }).data?.data ?? [];
}

/** The name behind an id or a code. */
export function useStageNameOf(): (idOrCode: string | null | undefined) => string | undefined {
  const nameOf = useStageName();
  const stages = useStages();
  return (idOrCode) => {
    const stage = stages.find(({ id, code }) => id === idOrCode || code === idOrCode);
    return stage && nameOf(stage);
  };
}
