/** The same tasks as a dense table, page by page, with boxes for choosing many. */

import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconFilterOff, IconMoodSmile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import { Empty } from '@/shared/ui/Empty';
import { Failure } from '@/shared/ui/Failure';
import { Bone, Late } from '@/shared/ui/Late';
import { Pager } from '@/shared/ui/Pager';
import { BulkBar } from './BulkBar';
import { useStill } from './column';
import { registerList } from './lists';
import { Row } from './Row';
import { isNarrowed, withoutFilters } from './search';
import { selectAll, unselect, useSelectedIds } from './selection';
import css from './table.module.css';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

const DEFAULT_LIMIT = 50;
const BONES = 12;

export function Table({ filters }: { filters: TaskFilters }) {
  const { t } = useTasksWords();
  const format = useFormats();
  const navigate = route.useNavigate();
  const { page = 1, limit = DEFAULT_LIMIT, bucket } = route.useSearch();
  const whole = bucket ? { ...filters, bucket } : filters;
  const query = useQuery({
    ...tasksQuery({ ...whole, page, limit }),
    placeholderData: (before) => before,
  });
  const { data, error, refetch, isPlaceholderData } = query;
  const { order, waits, apply, handlers } = useStill(
    data?.ids ?? NONE,
    isPlaceholderData ? '' : JSON.stringify([whole, page, limit]),
  );
  const body = useRef<HTMLTableSectionElement>(null);
  const latest = useRef(order);
  latest.current = order;
  useEffect(
    () =>
      registerList('table', {
        order: () => latest.current,
        focus: (at) => {
          const row = body.current?.querySelectorAll<HTMLElement>('[data-task]')[at];
          row?.querySelector<HTMLElement>('[data-title]')?.focus();
        },
      }),
    [],
  );
  if (error && !data) {
    return (
      <div className={css.panel}>
        <Failure what={t('title')} error={error} retry={() => void refetch()} />
      </div>
    );
  }
  if (!data) return <TableBones />;
  const total = data.meta.total ?? 0;
  if (total === 0) return <Nothing />;
  const ids = order.filter((id) => id !== undefined);
  return (
    <div className={css.panel}>
      {isPlaceholderData && <div className={css.reloading} aria-hidden />}
      {waits && (
        <button type="button" className={css.newOrder} onClick={apply}>
          {t('new_order')}
        </button>
      )}
      <div className={css.scroller} {...handlers}>
        <table className={css.table} data-list="table">
          <Head ids={ids} />
          <tbody ref={body}>
            {ids.map((id, at) => (
              <Row key={id} id={id} first={at === 0} />
            ))}
          </tbody>
        </table>
      </div>
      <BulkBar filters={whole} total={total} />
      <Pager
        page={page}
        limit={limit}
        total={total}
        onPage={(to) =>
          void navigate({ search: (before) => ({ ...before, page: to === 1 ? undefined : to }) })
        }
        onLimit={(size) =>
          void navigate({ search: (before) => ({ ...before, limit: size, page: undefined }) })
        }
      >
        {t('pages.range', {
          from: format.count(Math.min((page - 1) * limit + 1, total)),
          to: format.count(Math.min(page * limit, total)),
          total: format.count(total),
        })}
      </Pager>
    </div>
  );
}

const NONE: readonly string[] = [];

/** What a column is sorted by, if it can be. */
const HEADS = [
  ['task', undefined],
  ['jamaah', 'name'],
  ['departure', undefined],
  ['stage', undefined],
  ['due', 'due_at'],
  ['ready', 'risk'],
  ['by', undefined],
] as const;

function Head({ ids }: { ids: readonly string[] }) {
  const { t } = useTasksWords();
  const { sort = 'risk' } = route.useSearch();
  const navigate = route.useNavigate();
  const chosen = useSelectedIds();
  const count = ids.filter((id) => chosen.has(id)).length;
  const all = ids.length > 0 && count === ids.length;
  return (
    <thead>
      <tr>
        <th className={css.check} scope="col">
          <input
            type="checkbox"
            aria-label={t('bulk.page')}
            checked={all}
            ref={(box) => {
              if (box) box.indeterminate = count > 0 && !all;
            }}
            onChange={() => (all ? unselect(ids) : selectAll(ids))}
          />
        </th>
        {HEADS.map(([name, by]) => {
          const sorted =
            by === undefined ? undefined : sort === by ? 'up' : sort === `-${by}` ? 'down' : undefined;
          return (
            <th
              key={name}
              scope="col"
              data-col={name}
              aria-sort={sorted === 'up' ? 'ascending' : sorted === 'down' ? 'descending' : undefined}
            >
              {by === undefined ? (
                t(`head.${name}`)
              ) : (
                <button
                  type="button"
                  onClick={() =>
                    void navigate({
                      search: (before) => ({
                        ...before,
                        sort: sorted === 'up' ? `-${by}` : by,
                        page: undefined,
                      }),
                    })
                  }
                >
                  {sorted === 'up' && <IconArrowUp size={14} stroke={1.8} aria-hidden />}
                  {sorted === 'down' && <IconArrowDown size={14} stroke={1.8} aria-hidden />}
                  {t(`head.${name}`)}
                </button>
              )}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

function TableBones() {
  return (
    <div className={css.panel}>
      <Late>
        <div className={css.bones}>
          {Array.from({ length: BONES }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
            <Bone key={at} height={10} width={`${90 - (at % 4) * 9}%`} />
          ))}
        </div>
      </Late>
    </div>
  );
}

function Nothing() {
  const { t } = useTasksWords();
  const format = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const narrowed = isNarrowed(search);
  const open = useQuery({ ...tasksQuery({ limit: 1 }), enabled: narrowed }).data?.meta.total;
  if (!narrowed) {
    return (
      <div className={css.panel}>
        <Empty icon={IconMoodSmile} title={t('empty.none')}>
          {t('empty.none_text')}
        </Empty>
      </div>
    );
  }
  return (
    <div className={css.panel}>
      <Empty
        icon={IconFilterOff}
        title={t('empty.filtered')}
        action={
          <Button
            variant="default"
            onClick={() => void navigate({ search: (before) => withoutFilters(before) })}
          >
            {t('filter.clear')}
          </Button>
        }
      >
        {open != null && t('empty.filtered_text', { hidden: format.count(open) })}
      </Empty>
    </div>
  );
}
