/**
 * A part of a page that loads and fails by itself: head, skeleton while it waits, and the reason with a retry
 * when it fails. Inside, read with `useSuspenseQuery`; in the head, which stands before its content, with `useQuery`.
 */

import { QueryErrorResetBoundary } from '@tanstack/react-query';
import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';
import { Failure } from './Failure';
import { Late } from './Late';
import { Optional } from './Optional';
import css from './ui.module.css';

export function Section({
  title,
  aside,
  actions,
  skeleton,
  children,
  look = 'panel',
  id,
}: {
  title: string;
  /** Beside the title, small: what it counts. */
  aside?: ReactNode;
  actions?: ReactNode;
  /** In the shape of the content. */
  skeleton: ReactNode;
  children: ReactNode;
  /** `open`: a head and no panel around what follows. `bare`: neither; the title still names it. */
  look?: 'panel' | 'open' | 'bare';
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
  if (look === 'bare') {
    return (
      <section aria-label={title} id={id}>
        {body}
      </section>
    );
  }
  return (
    <section className={look === 'panel' ? css.section : undefined} aria-label={title} id={id}>
      <header className={look === 'panel' ? css.head : css.openHead}>
        <h2 className={css.title}>{title}</h2>
        {aside && (
          <Optional>
            <span className={css.aside}>{aside}</span>
          </Optional>
        )}
        {actions && (
          <Optional>
            <div className={css.actions}>{actions}</div>
          </Optional>
        )}
      </header>
      {body}
    </section>
  );
}
