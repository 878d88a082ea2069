/** Around what is loaded when it is wanted: if it cannot be, the page goes on without it. */

import { type ReactNode, Suspense } from 'react';
import { ErrorBoundary } from './ErrorBoundary';

export function Optional({ children, instead }: { children: ReactNode; instead?: ReactNode }) {
  return (
    <ErrorBoundary failed={() => instead}>
      <Suspense fallback={instead}>{children}</Suspense>
    </ErrorBoundary>
  );
}
