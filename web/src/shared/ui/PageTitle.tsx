/** The page's name: the first heading, drawn in the header of the shell, and the title of the window. */

import { type ReactNode, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';

import css from './ui.module.css';

export const TITLE_PLACE = 'page-title';

export function PageTitle({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  useEffect(() => setPlace(document.getElementById(TITLE_PLACE)), []);
  return (
    <>
      {typeof children === 'string' && <title>{`${children} · Lajur`}</title>}
      {place && createPortal(<h1 className={css.pageTitle}>{children}</h1>, place)}
    </>
  );
}
