/** Choosing all that a filter finds, also what is on no screen yet: page by page, with how far it has come. */

import { createStore, useSelector } from '@tanstack/react-store';
import { queryClient } from '@/shared/api/queryClient';
import { type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { PAGE } from './column';
import { selectAll } from './selection';

const collecting = createStore<{ done: number; all: number } | undefined>(undefined);

export const useCollecting = () => useSelector(collecting, (now) => now);

export function useCollect(): (filters: TaskFilters) => Promise<void> {
  const words = useErrorWords();
  return async (filters) => {
    try {
      const ids: string[] = [];
      for (let page = 1, pages = 1; page <= pages; page += 1) {
        const query = tasksQuery({ ...filters, limit: PAGE, page });
        const list = await queryClient.fetchQuery({ ...query, staleTime: 0 });
        ids.push(...list.ids);
        pages = list.meta.pages ?? 1;
        collecting.setState(() => ({ done: ids.length, all: list.meta.total ?? ids.length }));
      }
      selectAll(ids);
    } catch (error) {
      toast.error({ title: words(error) });
    } finally {
      collecting.setState(() => undefined);
    }
  };
}
