/** A value that is tinted for a moment when it has changed, so that the eye finds what is new. */

import { type ReactNode, useEffect, useRef } from 'react';
import css from './ui.module.css';

export function Changing({ value, children }: { value: string | number; children: ReactNode }) {
  const first = useRef(value);
  const changed = first.current !== value;
  useEffect(() => {
    first.current = Number.NaN;
  }, []);
  return (
    <span key={value} className={changed ? css.changed : undefined}>
      {children}
    </span>
  );
}
