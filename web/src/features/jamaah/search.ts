/** What the address of the list of jamaah may say. */

import { flag, pageSize, positive, present, text } from '@/shared/search';

export const jamaahSearch = (given: Record<string, unknown>) =>
  present({
    status: text(given, 'status'),
    stage: text(given, 'stage'),
    departure: text(given, 'departure'),
    q: text(given, 'q'),
    blocked: flag(given, 'blocked'),
    on_hold: flag(given, 'on_hold'),
    waiting: flag(given, 'waiting'),
    risk: text(given, 'risk'),
    sort: text(given, 'sort'),
    page: positive(given, 'page'),
    limit: pageSize(given),
  });
