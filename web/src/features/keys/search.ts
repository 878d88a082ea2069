/** What the address of the API keys may say. */

import { flag, present } from '@/shared/search';

export const keysSearch = (given: Record<string, unknown>) =>
  present({
    /** Whether those that are not good any more are listed, too. */
    ended: flag(given, 'ended') || undefined,
  });
