/** Whose tasks: a tab for each role with how many the filter leaves it, and one's own at the end of the line. */

import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import { useRoleName } from '@/shared/vocabulary/roles';
import css from './page.module.css';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

/** How many tasks each role has, whichever role is chosen. */
export function useRoleCounts(filters: TaskFilters) {
  const { role: _, ...rest } = filters;
  return useQuery(tasksQuery({ ...rest, limit: 1 })).data?.meta;
}

export function RoleTabs({ filters, phone }: { filters: TaskFilters; phone: boolean }) {
  const { t } = useTasksWords();
  const roleName = useRoleName();
  const format = useFormats();
  const { role } = route.useSearch();
  const navigate = route.useNavigate();
  const meta = useRoleCounts(filters);
  if (phone) return null;
  const tabs: [string | undefined, string, number | undefined][] = [
    [undefined, t('all'), meta?.total ?? undefined],
    ...Object.entries(meta?.roles ?? {}).map(([key, count]): [string, string, number] => [
      key,
      roleName(key),
      count,
    ]),
  ];
  return (
    <div className={css.tabs}>
      <div className={css.tabList} role="tablist" aria-label={t('tabs')}>
        {tabs.map(([key, name, count]) => (
          <button
            key={key ?? ''}
            type="button"
            role="tab"
            aria-selected={role === key}
            className={css.tab}
            onClick={() => void navigate({ search: (before) => ({ ...before, role: key, page: undefined }) })}
          >
            {name}
            {count !== undefined && <span className={css.tabCount}>{format.count(count)}</span>}
          </button>
        ))}
      </div>
      <Mine />
    </div>
  );
}

function Mine() {
  const { t } = useTasksWords();
  const format = useFormats();
  const tasks = useQuery(tasksQuery({ assignee: 'me', limit: 1 })).data?.meta.total;
  const late = useQuery(tasksQuery({ assignee: 'me', status: 'overdue', limit: 1 })).data?.meta.total;
  if (tasks == null || late == null) return null;
  return (
    <Link to="/dashboard/pipeline/tasks" search={{ assignee: 'me' }} className={css.mine}>
      {t('mine', { tasks: format.count(tasks), late: format.count(late) })}
    </Link>
  );
}
