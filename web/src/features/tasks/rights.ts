/** What the signed-in person may do with a task, and why not. The server decides; this is for what to offer. */

import type { Permission, Task } from '@/shared/api/types';
import { useCanWrite } from '@/shared/live/status';
import { useMay, useMe } from '@/shared/session/session';
import type { Command } from './command';
import { useTasksWords } from './words';

/** Changing a task itself. */
const CHANGING: Partial<Record<Command['action'], Permission>> = {
  assign: 'tasks.assign',
  update: 'tasks.edit',
  cancel: 'tasks.cancel',
};

/** Doing its work, which is that of the role or person it is for. */
const WORKING: Partial<Record<Command['action'], Permission>> = {
  start: 'tasks.start',
  complete: 'tasks.complete',
  block: 'tasks.block',
  unblock: 'tasks.block',
  reopen: 'tasks.reopen',
};

/** Gives the reason why not, in words, or `undefined` when nothing forbids it. */
export type Forbidden = (
  action: Command['action'] | 'comment',
  task: Pick<Task, 'role' | 'assignee' | 'stage_id'>,
) => string | undefined;

export function useForbidden(): Forbidden {
  const { t } = useTasksWords();
  const canWrite = useCanWrite();
  const may = useMay();
  const { roles, user } = useMe();
  return (action, task) => {
    if (!canWrite) return t('forbidden.away');
    if (action === 'comment') return undefined;
    const changing = CHANGING[action];
    if (changing) return may(changing, task.stage_id) ? undefined : t('forbidden.write');
    if (may('tasks.work_all', task.stage_id)) return undefined;
    const working = WORKING[action];
    if (!working || !may(working, task.stage_id)) return t('forbidden.read_only');
    const own = roles.includes(task.role) || (task.assignee != null && task.assignee === user?.id);
    return own ? undefined : t('forbidden.work');
  };
}
