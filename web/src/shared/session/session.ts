/**
 * Who is signed in, and what becomes of a request when nobody is any more: it waits at the gate until somebody
 * has signed in again (over the page, so that nothing that was typed is lost), and is then sent again.
 */

import { createStore, useSelector } from '@tanstack/react-store';
import type { Me, Permission } from '@/shared/api/types';
import { holds, mayDo } from './permissions';

interface Session {
  me: Me | undefined;
  /** Whether the dialog for signing in again stands over the page. */
  asking: boolean;
}

const session = createStore<Session>({ me: undefined, asking: false });

let waiting: ((signedIn: boolean) => void)[] = [];

export const currentMe = (): Me | undefined => session.get().me;

/** Whose data this browser may keep (`shared/offline`). */
const PERSON = 'lajur.person';

export const personKept = (): string | null => localStorage.getItem(PERSON);

export function signedInAs(me: Me): void {
  if (me.user) localStorage.setItem(PERSON, me.user.id);
  session.setState(() => ({ me, asking: false }));
  open(true);
}

/** From now on this browser gives out nothing that it keeps. */
export const forgetPerson = (): void => localStorage.removeItem(PERSON);

/** Whoever answered the dialog with "not now" may go on reading. */
export function stayedOut(): void {
  session.setState((before) => ({ ...before, asking: false }));
  open(false);
}

/** Resolves to whether somebody has signed in again. */
export function askToSignIn(): Promise<boolean> {
  session.setState((before) => ({ ...before, asking: true }));
  return new Promise((resolve) => waiting.push(resolve));
}

function open(signedIn: boolean): void {
  const all = waiting;
  waiting = [];
  for (const resolve of all) resolve(signedIn);
}

/** Of the pages behind the sign-in, which are drawn only when it is known. */
export function useMe(): Me {
  const me = useSelector(session, (state) => state.me);
  if (!me) throw new Error('a page needs somebody who is signed in');
  return me;
}

export const useMaybeMe = (): Me | undefined => useSelector(session, (state) => state.me);

export const useAsking = (): boolean => useSelector(session, (state) => state.asking);

/** Whether the signed-in person may do something, there if a stage is given; for what to offer. The server decides. */
export function useMay(): (permission: Permission, stage?: string) => boolean {
  const me = useMaybeMe();
  return (permission, stage) => me !== undefined && mayDo(me, permission, stage);
}

/** Whether they hold it without limits, and so may give it to others. */
export function useHolds(): (permission: Permission) => boolean {
  const { permissions } = useMe();
  return (permission) => holds(permissions, permission);
}
