/** What stages are called in the language that is spoken. */

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { stagesQuery } from '@/shared/api/snapshots';
import { useLanguage } from '@/shared/words/i18n';

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

/** The name behind an id or a code. */
export function useStageNameOf(): (idOrCode: string | null | undefined) => string | undefined {
  const nameOf = useStageName();
  const stages = useQuery(stagesQuery).data?.data;
  return (idOrCode) => {
    const stage = stages?.find(({ id, code }) => id === idOrCode || code === idOrCode);
    return stage && nameOf(stage);
  };
}
