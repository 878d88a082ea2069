/** What the address of the list of departures may say. */

import { pageSize, positive, present, text } from '@/shared/search';

export const departuresSearch = (given: Record<string, unknown>) =>
  present({
    days: positive(given, 'days'),
    from: text(given, 'from'),
    to: text(given, 'to'),
    sort: text(given, 'sort'),
    page: positive(given, 'page'),
    limit: pageSize(given),
  });
