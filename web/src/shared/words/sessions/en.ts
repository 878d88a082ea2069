import type { Translated } from '@/shared/words/i18n';
import type { id } from './id';

export const en: Translated<typeof id> = {
  title: 'Sessions',
  mine: 'Where you are signed in',
  this: 'this session',
  unknown: 'Unknown browser',
  on: '{{browser}} on {{system}}',
  seen: 'Last used {{time}}',
  since: 'signed in {{time}}',
  from: 'from {{address}}',
  end: 'End',
  end_label: 'End the session of {{browser}}, signed in {{time}}',
  ended: 'The session has ended',
  end_others: 'End all other sessions',
  end_all: 'End all sessions',
  others_ended: 'All other sessions have ended',
  all_ended: 'All sessions have ended',
  none: 'Not signed in anywhere',
  none_text: 'Sessions appear here after signing in.',
};
