/** What stages are called in the language that is spoken. */

import { useQuery } from '@tanstack/react-query';
import { stagesQuery } from '@/shared/api/snapshots';
import { useLanguage } from '@/shared/words/i18n';

/** Both names of a stage. */
interface Named {
  name: string;
  name_en: string;
}

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
