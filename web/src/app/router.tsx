/**
 * The addresses. A page is loaded when it is opened; what is in its address (filters, page, sort) is checked by
 * the feature's `search.ts`, and read in the page by `getRouteApi(…).useSearch()`.
 */

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { auditSearch } from '@/features/audit/search';
import { departureSearch, departuresSearch } from '@/features/departures/search';
import { importsSearch } from '@/features/imports/search';
import { jamaahPageSearch, jamaahSearch } from '@/features/jamaah/search';
import { keysSearch } from '@/features/keys/search';
import { overviewSearch } from '@/features/overview/search';
import { peopleSearch } from '@/features/people/search';
import { rolesSearch } from '@/features/roles/search';
import { stagesSearch } from '@/features/stages/search';
import { tasksSearch } from '@/features/tasks/search';
import { findMe } from '@/shared/session/me';
import { currentMe } from '@/shared/session/session';
import { suggestLanguage } from '@/shared/words/i18n';
import { NotFound, PageFailed } from './fallbacks';
import { visibleTo } from './navigation';
import { CONTENT, Shell } from './Shell';

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: PageFailed });

const login = createRoute({
  getParentRoute: () => root,
  path: '/login',
  validateSearch: (given: Record<string, unknown>): { next?: string } =>
    typeof given.next === 'string' && /^\/(?!\/)/.test(given.next) ? { next: given.next } : {},
  beforeLoad: async () => {
    // while that cannot be found out, one may as well sign in
    if (await findMe().catch(() => undefined)) throw redirect({ to: '/dashboard/pipeline' });
  },
  component: lazyRouteComponent(() => import('@/features/session/LoginPage'), 'LoginPage'),
});

const tokenSearch = (given: Record<string, unknown>): { token?: string } =>
  typeof given.token === 'string' ? { token: given.token } : {};

const forgot = createRoute({
  getParentRoute: () => root,
  path: '/forgot-password',
  component: lazyRouteComponent(() => import('@/features/session/ForgotPage'), 'ForgotPage'),
});

const reset = createRoute({
  getParentRoute: () => root,
  path: '/reset-password',
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import('@/features/session/ResetPage'), 'ResetPage'),
});

const accept = createRoute({
  getParentRoute: () => root,
  path: '/accept-invitation',
  validateSearch: tokenSearch,
  component: lazyRouteComponent(() => import('@/features/session/AcceptPage'), 'AcceptPage'),
});

/** Everything that needs somebody who is signed in. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ location }) => {
    const me = currentMe() ?? (await findMe());
    if (!me) throw redirect({ to: '/login', search: location.href === '/' ? {} : { next: location.href } });
    await suggestLanguage(me.tenant.locale);
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/dashboard/pipeline' });
  },
});

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline',
  validateSearch: overviewSearch,
  beforeLoad: () => {
    // who may not see it begins with the first page that they may see
    const me = currentMe();
    const first = me && visibleTo(me)[0];
    if (first && first.key !== 'overview') throw redirect({ to: first.to });
  },
  component: lazyRouteComponent(() => import('@/features/overview/OverviewPage'), 'OverviewPage'),
});

const tasks = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/tasks',
  validateSearch: tasksSearch,
  component: lazyRouteComponent(() => import('@/features/tasks/TasksPage'), 'TasksPage'),
});

const jamaahList = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/jamaah',
  validateSearch: jamaahSearch,
  component: lazyRouteComponent(() => import('@/features/jamaah/JamaahListPage'), 'JamaahListPage'),
});

const jamaah = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/jamaah/$id',
  validateSearch: jamaahPageSearch,
  component: lazyRouteComponent(() => import('@/features/jamaah/JamaahPage'), 'JamaahPage'),
});

const departureList = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/departures',
  validateSearch: departuresSearch,
  component: lazyRouteComponent(() => import('@/features/departures/DepartureListPage'), 'DepartureListPage'),
});

const departure = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/departures/$id',
  validateSearch: departureSearch,
  component: lazyRouteComponent(() => import('@/features/departures/DeparturePage'), 'DeparturePage'),
});

const stages = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/stages',
  validateSearch: stagesSearch,
  component: lazyRouteComponent(() => import('@/features/stages/StagesPage'), 'StagesPage'),
});

const imports = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/pipeline/imports',
  validateSearch: importsSearch,
  component: lazyRouteComponent(() => import('@/features/imports/ImportsPage'), 'ImportsPage'),
});

const profile = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/profile',
  component: lazyRouteComponent(() => import('@/features/profile/ProfilePage'), 'ProfilePage'),
});

const users = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/users',
  validateSearch: peopleSearch,
  component: lazyRouteComponent(() => import('@/features/people/PeoplePage'), 'PeoplePage'),
});

const roles = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/roles',
  validateSearch: rolesSearch,
  component: lazyRouteComponent(() => import('@/features/roles/RolesPage'), 'RolesPage'),
});

const keys = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/api-keys',
  validateSearch: keysSearch,
  component: lazyRouteComponent(() => import('@/features/keys/KeysPage'), 'KeysPage'),
});

const audit = createRoute({
  getParentRoute: () => signedIn,
  path: '/dashboard/audit',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('@/features/audit/AuditPage'), 'AuditPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    login,
    forgot,
    reset,
    accept,
    signedIn.addChildren([
      overview,
      tasks,
      jamaahList,
      jamaah,
      departureList,
      departure,
      stages,
      imports,
      profile,
      users,
      roles,
      keys,
      audit,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

// whoever reads with the ears or goes by keyboard begins a new page at its beginning
router.subscribe('onResolved', ({ fromLocation, pathChanged }) => {
  if (fromLocation && pathChanged) document.getElementById(CONTENT)?.focus({ preventScroll: true });
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
