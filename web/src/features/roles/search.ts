/** What the address of the roles may say. */

import { present, text } from '@/shared/search';

/** Stands in the address for a role that is not there yet. */
export const NEW = 'new';

export const rolesSearch = (given: Record<string, unknown>) =>
  present({
    /** The key of the role whose settings are open. */
    edit: text(given, 'edit'),
    /** The one that a phone shows. */
    role: text(given, 'role'),
  });
