/** A button that does something with a task, or says why not: then it is dashed and stays where it is. */

import type { Icon } from '@tabler/icons-react';
import type { Task } from '@/shared/api/types';
import css from './actions.module.css';
import { type Command, fits } from './command';
import { type Forbidden, useForbidden } from './rights';
import { useTasksWords } from './words';

/** Why an action cannot be done with a task now. */
export function useReason(): (action: Parameters<Forbidden>[0], task: Task) => string | undefined {
  const { t } = useTasksWords();
  const forbidden = useForbidden();
  return (action, task) =>
    forbidden(action, task) ??
    (action !== 'comment' && !fits(action, task) ? t('forbidden.state') : undefined);
}

export function ActionButton({
  action,
  task,
  icon: Icon,
  children,
  look = 'outlined',
  onClick,
}: {
  action: Command['action'];
  task: Task;
  icon: Icon;
  children: string;
  look?: 'filled' | 'tinted' | 'outlined';
  onClick: () => void;
}) {
  const reason = useReason()(action, task);
  return (
    <button
      type="button"
      className={css.button}
      data-look={look}
      aria-disabled={reason ? true : undefined}
      data-tip={reason}
      aria-description={reason}
      onClick={reason ? undefined : onClick}
    >
      <Icon size={16} stroke={1.8} aria-hidden />
      {children}
    </button>
  );
}
