import type { Translated } from '@/shared/words/i18n';
import type { id } from './id';

export const en: Translated<typeof id> = {
  label: 'New password',
  again: 'The new password again',
  hint: 'At least 12 letters. A few words that have nothing to do with each other are easy to remember and hard to guess.',
  short: 'At least 12 letters',
  long: 'At most 128 letters',
  differs: 'Not the same as above',
  easy: 'Too easy to guess. Use no names, e-mail addresses or common sequences.',
  current: 'Your password now',
  wrong: 'This is not your password',
};
