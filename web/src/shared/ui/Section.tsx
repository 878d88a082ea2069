/**
 * A part of a page that loads and fails by itself: head, skeleton while it waits, and the reason with a retry
 * when it fails. Inside, read with `useSuspenseQuery`.
 */

import { QueryErrorResetBoundary } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';
import { Failure } from './Failure';
import { Late } from './Late';
import css from './ui.module.css';

export function Section({
  title,
  aside,
  actions,
  skeleton,
  children,
  plain = false,
  id,
}: {
  title: string;
  /** Beside the title, small: what it counts. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** In the shape of the content. */
  skeleton: ReactNode;
  children: ReactNode;
  /** Without a panel and a head of its own; the title still names it. */
  plain?: boolean;
  id?: string;
}) {
  const body = (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <ErrorBoundary
          onReset={reset}
          failed={(error, retry) => <Failure what={title} error={error} retry={retry} />}
        >
          <Suspense fallback={<Late>{skeleton}</Late>}>{children}</Suspense>
        </ErrorBoundary>
      )}
    </QueryErrorResetBoundary>
  );
  if (plain) {
    return (
      <section aria-label={title} id={id}>
        {body}
      </section>
    );
  }
  return (
    <section className={css.section} aria-label={title} id={id}>
      <header className={css.head}>
        <h2 className={css.title}>{title}</h2>
        {aside && <span className={css.aside}>{aside}</span>}
        {actions && <div className={css.actions}>{actions}</div>}
      </header>
      {body}
    </section>
  );
}
