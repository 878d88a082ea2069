/** What stands around every page: navigation, header, the bar about the connection, and what floats. */

import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useEffect } from 'react';
import { goLive } from '@/shared/live/live';
import { startKeeping } from '@/shared/offline/offline';
import { useAsking, useMe } from '@/shared/session/session';
import { ErrorBoundary } from '@/shared/ui/ErrorBoundary';
import { Failure } from '@/shared/ui/Failure';
import { Optional } from '@/shared/ui/Optional';
import { TipLayer } from '@/shared/ui/tip';
import { useToasterWanted } from '@/shared/ui/toast';
import { Work } from '@/shared/work/Work';
import { Concerns } from './Concerns';
import { ConnectionBar } from './ConnectionBar';
import { Header } from './Header';
import { Keys } from './Keys';
import { BottomNavigation, Navigation } from './Navigation';
import css from './Shell.module.css';
import { useShellWords } from './words/shell';

const loadSignIn = () => import('@/features/session/SignInDialog');
const loadToaster = () => import('@/shared/ui/toaster');
const SignInDialog = lazy(loadSignIn);
const Toaster = lazy(loadToaster);

/** What is needed just when the server does not answer is loaded before, but not before the first screen. */
const AHEAD_MS = 1500;

/** What is kept for reading without a network comes after everything that is needed now. */
const KEEPING_AFTER_MS = 3000;

/** Where the page's own content is. */
export const CONTENT = 'content';

export function Shell() {
  const { t } = useShellWords();
  const me = useMe();
  const asking = useAsking();
  const toasterWanted = useToasterWanted();
  // a new session is another token: the connection begins anew
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rest of `me` does not matter to it
  useEffect(() => goLive(me), [me.csrf_token]);
  useEffect(() => {
    const load = () => Promise.all([loadSignIn(), loadToaster()]);
    const timer = setTimeout(() => {
      // when it fails, it is loaded when it is needed
      load().then(
        () => performance.mark('prepared'),
        () => undefined,
      );
    }, AHEAD_MS);
    return () => clearTimeout(timer);
  }, []);
  useEffect(() => {
    let stop = () => {};
    const timer = setTimeout(() => {
      stop = startKeeping();
    }, KEEPING_AFTER_MS);
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, []);

  return (
    <div className={css.shell}>
      <a className={css.skip} href={`#${CONTENT}`}>
        {t('skip')}
      </a>
      <Navigation />
      <div className={css.column}>
        <Header />
        <ConnectionBar />
        <main id={CONTENT} className={css.content} tabIndex={-1}>
          <ErrorBoundary failed={(error, retry) => <Failure what={t('page')} error={error} retry={retry} />}>
            <Suspense>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </main>
      </div>
      <BottomNavigation />
      <TipLayer />
      <Work />
      <Keys />
      <Concerns />
      <Optional>{asking && <SignInDialog />}</Optional>
      <Optional>{toasterWanted && <Toaster />}</Optional>
    </div>
  );
}
