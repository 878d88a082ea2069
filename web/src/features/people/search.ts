/** What the address of the people may say. */

import { oneOf, pageSize, positive, present, text } from '@/shared/search';

export const STATES = ['active', 'inactive'] as const;

export const peopleSearch = (given: Record<string, unknown>) =>
  present({
    q: text(given, 'q'),
    role: text(given, 'role'),
    state: oneOf(given, 'state', STATES),
    page: positive(given, 'page'),
    limit: pageSize(given),
    /** Whose details are open. */
    user: text(given, 'user'),
  });

export type PeopleSearch = ReturnType<typeof peopleSearch>;
