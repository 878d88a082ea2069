/** What the address of the task board may say: the filters of the list, and how it is shown. */

import { oneOf, pageSize, positive, present, text } from '@/shared/search';

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
