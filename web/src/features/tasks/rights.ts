/** What the signed-in person may do with a task, and why not. The server decides; this is for what to offer. */

import type { Task } from '@/shared/api/types';
import { useCanWrite } from '@/shared/live/status';
import { useMe } from '@/shared/session/session';
import type { Command } from './command';
import { useTasksWords } from './words';

/** Changing a task itself is the manager's; doing its work is that of the role or person it is for. */
const NEEDS_WRITE: Command['action'][] = ['assign', 'update', 'cancel'];

/** Gives the reason why not, in words, or `undefined` when nothing forbids it. */
export type Forbidden = (
  action: Command['action'] | 'comment',
  task: Pick<Task, 'role' | 'assignee'>,
) => string | undefined;

export function useForbidden(): Forbidden {
  const { t } = useTasksWords();
  const canWrite = useCanWrite();
  const { permissions, roles, user } = useMe();
  return (action, task) => {
    if (!canWrite) return t('forbidden.away');
    if (action === 'comment') return undefined;
    if (NEEDS_WRITE.includes(action)) {
      return permissions.includes('tasks.write') ? undefined : t('forbidden.write');
    }
    if (permissions.includes('tasks.work_all')) return undefined;
    if (!permissions.includes('tasks.work')) return t('forbidden.read_only');
    const own = roles.includes(task.role) || (task.assignee != null && task.assignee === user?.id);
    return own ? undefined : t('forbidden.work');
  };
}
