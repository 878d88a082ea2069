/** What the address of the task board may say: the filters of the list, and how it is shown. */

import type { Bucket } from '@/shared/api/types';
import type { TaskFilters } from '@/shared/entities/tasks';
import { oneOf, pageSize, positive, present, text } from '@/shared/search';
import { BUCKETS } from './drop';

/** In the order of the menu; `-` is the other way round. */
export const SORTS = ['risk', 'due_at', 'priority', 'name', '-updated_at', '-created_at'] as const;
export type Sort = (typeof SORTS)[number];

export const tasksSearch = (given: Record<string, unknown>) =>
  present({
    view: oneOf(given, 'view', ['board', 'table']),
    role: text(given, 'role'),
    status: text(given, 'status'),
    bucket: text(given, 'bucket'),
    stage: text(given, 'stage'),
    assignee: text(given, 'assignee'),
    priority: text(given, 'priority'),
    departure: text(given, 'departure'),
    q: text(given, 'q'),
    sort: text(given, 'sort'),
    page: positive(given, 'page'),
    limit: pageSize(given),
    /** The task whose drawer is open. */
    task: text(given, 'task'),
  });

export type TasksSearch = ReturnType<typeof tasksSearch>;

const FILTERS = ['role', 'status', 'stage', 'assignee', 'priority', 'departure', 'q', 'sort'] as const;
/** Those that leave something out; a tab and an order do not count as such. */
const NARROWING = ['bucket', 'status', 'stage', 'assignee', 'priority', 'departure', 'q'] as const;
/** Closed tasks have no column. */
const CLOSED = ['completed', 'cancelled', 'all'];

/** What a list of the board or the table is asked for. */
export const filtersOf = (search: TasksSearch): TaskFilters =>
  present(Object.fromEntries(FILTERS.map((key) => [key, search[key]]))) as TaskFilters;

export const isNarrowed = (search: TasksSearch): boolean =>
  NARROWING.some((key) => search[key] !== undefined);

export const withoutFilters = (search: TasksSearch): TasksSearch => {
  const rest = { ...search };
  for (const key of [...NARROWING, 'page'] as const) delete rest[key];
  return rest;
};

/** A phone has no room for a table, except for closed tasks, which have no column. */
export function viewOf(search: TasksSearch, phone = false): 'board' | 'table' {
  const isClosed = search.status?.split(',').some((status) => CLOSED.includes(status));
  if (isClosed) return 'table';
  return phone ? 'board' : (search.view ?? 'board');
}

/** The values of a filter that takes several. */
export const valuesOf = (value: string | undefined): string[] => value?.split(',').filter(Boolean) ?? [];

const isBucket = (value: string): value is Bucket => (BUCKETS as readonly string[]).includes(value);

/** The columns that an address asks for: all, unless it names some. */
export const bucketsOf = (search: TasksSearch): Bucket[] => {
  const named = valuesOf(search.bucket).filter(isBucket);
  return named.length > 0 ? BUCKETS.filter((bucket) => named.includes(bucket)) : BUCKETS;
};

/** The one that a phone shows. */
export const bucketOnPhone = (search: TasksSearch): Bucket =>
  valuesOf(search.bucket).find(isBucket) ?? 'urgent';
