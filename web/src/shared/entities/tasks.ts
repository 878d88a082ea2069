/**
 * Tasks as the browser keeps them: one entry each, `['task', id]`, and lists that hold ids (`['tasks', filters]`).
 * An event touches one entry and the lists that it may enter or leave; a card draws its own entry alone.
 */

import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { Meta, Task, TaskCard } from '@/shared/api/types';
import { bucketOf } from '@/shared/entities/bucket';
import type { LogEvent } from '@/shared/live/event';
import { markStale } from '@/shared/live/refresh';

/** The query parameters of `GET /pipeline/tasks`; lists of values are separated by commas. */
export interface TaskFilters {
  role?: string;
  status?: string;
  bucket?: string;
  stage?: string;
  assignee?: string;
  priority?: string;
  departure?: string;
  jamaah?: string;
  q?: string;
  sort?: string;
  page?: number;
  limit?: number;
}

/** A list as it is kept: the rows are entries of their own. */
export interface IdList {
  ids: string[];
  meta: Meta;
}

export const taskKey = (id: string) => ['task', id] as const;

export const tasksQuery = (filters: TaskFilters) =>
  queryOptions({
    queryKey: ['tasks', filters] as const,
    queryFn: async ({ signal }): Promise<IdList> => {
      const { data, meta } = await ask(
        api.GET('/api/v1/pipeline/tasks', { signal, params: { query: filters } }),
      );
      for (const card of data) putTask(card);
      return { ids: data.map((card) => card.id), meta: meta ?? {} };
    },
  });

export const taskQuery = (id: string) =>
  queryOptions({
    queryKey: taskKey(id),
    queryFn: async ({ signal }): Promise<TaskCard> =>
      (await ask(api.GET('/api/v1/pipeline/tasks/{id}', { signal, params: { path: { id } } }))).data,
  });

/**
 * One task that a list has brought; loads it when none has. Draws again when that task changes only. Lists and
 * events keep it right, so that sixty cards on the screen never ask one by one.
 */
export const useTask = (id: string): TaskCard | undefined =>
  useQuery({ ...taskQuery(id), enabled: ({ state }) => state.data === undefined }).data;

/** Takes a row that was read, unless a newer one is there already. */
export function putTask(card: TaskCard): void {
  queryClient.setQueryData<TaskCard>(taskKey(card.id), (before) =>
    before && before.version > card.version ? before : card,
  );
}

/**
 * Carries a row from the log, or from the answer to a command, into its card. What a card says beside its row
 * (names, dates, risk) stays. Says whether there was a card that is older.
 */
export function patchTask(row: Task, timezone: string): boolean {
  const before = queryClient.getQueryData<TaskCard>(taskKey(row.id));
  if (!before || before.version >= row.version) return false;
  const card = { ...before, ...row };
  queryClient.setQueryData<TaskCard>(taskKey(row.id), {
    ...card,
    bucket: bucketOf(card, new Date(), timezone),
  });
  return true;
}

/** The row that a command of one's own answered with: shown without waiting for its event. */
export function takeTask(row: Task, timezone: string): void {
  patchTask(row, timezone);
  for (const [queryKey, list] of queryClient.getQueriesData<IdList>({ queryKey: ['tasks'] })) {
    const card = queryClient.getQueryData<TaskCard>(taskKey(row.id));
    if (list?.ids.includes(row.id) && card && !belongs(card, queryKey[1] as TaskFilters)) {
      queryClient.setQueryData<IdList>(queryKey, without(list, row.id));
    }
    markStale(queryKey);
  }
}

/** An event about a task. */
export function applyTaskEvent(event: LogEvent, timezone: string): void {
  const id = event.subject.id;
  const row = event.after as Task | undefined;
  const before = queryClient.getQueryData<TaskCard>(taskKey(id));
  if (row) patchTask(row, timezone);
  const after = row && queryClient.getQueryData<TaskCard>(taskKey(id));
  for (const [queryKey, list] of queryClient.getQueriesData<IdList>({ queryKey: ['tasks'] })) {
    if (!list || (list.meta.seq ?? 0) >= event.seq) continue;
    const filters = queryKey[1] as TaskFilters;
    const holds = list.ids.includes(id);
    // a card that moved is taken out at once; where it comes in, only the server knows its place
    if (event.gone || (holds && after && !belongs(after, filters))) {
      queryClient.setQueryData<IdList>(queryKey, without(list, id));
      markStale(queryKey);
    } else if (!holds || !before || !row || movesWithin(before, row)) {
      if (mayTouch(before, after ?? row, filters)) markStale(queryKey);
    }
  }
}

/** One less, in what is counted, too; the server's own count follows. */
function without(list: IdList, id: string): IdList {
  const { total } = list.meta;
  return {
    ids: list.ids.filter((other) => other !== id),
    meta: { ...list.meta, ...(total ? { total: total - 1 } : {}) },
  };
}

const OPEN = ['pending', 'in_progress', 'blocked'];

const among = (given: string | undefined, value: string | null | undefined): boolean =>
  given === undefined || (value != null && given.split(',').includes(value));

/** Whether a card still answers to a list's filters, as far as that can be told here. */
function belongs(card: TaskCard, filters: TaskFilters): boolean {
  const status = filters.status ?? 'open';
  const inStatus =
    status === 'all' ||
    (status === 'open' && OPEN.includes(card.status)) ||
    (status === 'overdue' && card.overdue && OPEN.includes(card.status)) ||
    among(status, card.status) ||
    among(status, card.bucket);
  return (
    inStatus &&
    among(filters.bucket, card.bucket) &&
    (filters.bucket === undefined || OPEN.includes(card.status)) &&
    among(filters.role, card.role) &&
    among(filters.priority, card.priority) &&
    (filters.assignee !== 'none' || card.assignee == null)
  );
}

/** Whether the event can change what a list holds or counts. Counts are of all columns and all roles. */
function mayTouch(before: TaskCard | undefined, after: Task | undefined, filters: TaskFilters): boolean {
  if (filters.jamaah !== undefined && after && after.jamaah_id !== filters.jamaah) return false;
  return !before || !after || movesWithin(before, after) || before.status !== after.status;
}

/** Whether a change of these two rows moves the task to another column, role or place. */
function movesWithin(before: Task, after: Task): boolean {
  return (
    before.status !== after.status ||
    before.due_at !== after.due_at ||
    before.priority !== after.priority ||
    before.role !== after.role ||
    before.assignee !== after.assignee ||
    before.overdue !== after.overdue
  );
}
