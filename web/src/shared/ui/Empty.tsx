/** Nothing to show: why, and one step on from here. */

import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import css from './ui.module.css';

export function Empty({
  icon: Icon,
  title,
  children,
  action,
}: {
  icon: Icon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={css.empty}>
      <Icon size={22} stroke={1.6} aria-hidden />
      <strong>{title}</strong>
      {children && <p>{children}</p>}
      {action && <div className={css.emptyAction}>{action}</div>}
    </div>
  );
}
