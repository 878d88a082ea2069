import type { Translated } from '@/shared/words/i18n';
import type { id } from './id';

export const en: Translated<typeof id> = {
  title: 'Sign in',
  organisation: 'Organisation',
  organisation_hint: 'Its short name, such as al-barokah',
  email: 'E-mail',
  password: 'Password',
  submit: 'Sign in',
  wrong: 'The organisation, the e-mail or the password does not match.',
  again: {
    title: 'The session has ended',
    text: 'Sign in again to go on. What you typed on this page is still there.',
    later: 'Later, keep reading',
    other: 'This is another account than before. The page is loaded anew.',
  },
};
