/** A value that is tinted for a moment when it has changed, so that the eye finds what is new. */

import { type ReactNode, useState } from 'react';
import css from './ui.module.css';

export function Changing({ value, children }: { value: string | number; children: ReactNode }) {
  const [shown, setShown] = useState({ value, isNew: false });
  if (shown.value !== value) setShown({ value, isNew: true });
  return (
    <span key={value} className={shown.isNew ? css.changed : undefined}>
      {children}
    </span>
  );
}
