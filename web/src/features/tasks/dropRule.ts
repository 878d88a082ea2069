/** Whether a card may be dropped on a column, in words. */

import type { Bucket, TaskCard } from '@/shared/api/types';
import { actionsOf, type Drop, planDrop } from './drop';
import { useForbidden } from './rights';
import { useTasksWords } from './words';

export type DropRule = (task: TaskCard, to: Bucket) => { drop?: Drop; refused?: string };

export function useDropRule(): DropRule {
  const { t } = useTasksWords();
  const forbidden = useForbidden();
  return (task, to) => {
    const drop = planDrop(task, to);
    if (drop === 'same') return {};
    if (typeof drop === 'string') return { refused: t(`forbidden.${drop}`) };
    const refused = actionsOf(drop)
      .map((action) => forbidden(action, task))
      .find(Boolean);
    return refused ? { refused } : { drop };
  };
}
