/** The page's name: the first heading, drawn in the header of the shell, and the title of the window. */

import { IconChevronRight } from '@tabler/icons-react';
import { type ReactNode, useEffect, useState } from 'react';
import { createPortal } from 'react-dom';

import css from './ui.module.css';

export const TITLE_PLACE = 'page-title';

export function PageTitle({
  above,
  children,
}: {
  /** Where one came from, as a link. */
  above?: ReactNode;
  children: ReactNode;
}) {
  const [place, setPlace] = useState<HTMLElement | null>(null);
  useEffect(() => setPlace(document.getElementById(TITLE_PLACE)), []);
  const trail = (
    <span className={css.crumbs}>
      {above}
      <IconChevronRight size={16} stroke={1.8} aria-hidden />
      {children}
    </span>
  );
  return (
    <>
      {typeof children === 'string' && <title>{`${children} · Lajur`}</title>}
      {place && createPortal(<h1 className={css.pageTitle}>{above ? trail : children}</h1>, place)}
    </>
  );
}
