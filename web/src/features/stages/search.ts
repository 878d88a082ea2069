/** What the address of the stage settings may say. */

import { present, text } from '@/shared/search';

/** Stands in the address for a stage that is not there yet. */
export const NEW = 'new';

export const stagesSearch = (given: Record<string, unknown>) =>
  present({
    /** The code of the stage that is open. */
    stage: text(given, 'stage'),
  });
