/** One of a few, each an address of its own. The chosen one has `data-chosen`; the children are links. */

import type { ReactNode } from 'react';
import css from './ui.module.css';

export function Segments({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={css.segments} aria-label={label}>
      {children}
    </nav>
  );
}
