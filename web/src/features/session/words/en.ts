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
  forgot: {
    open: 'Forgot your password?',
    title: 'Forgot your password',
    text: 'We send a link for a new password to your e-mail address.',
    submit: 'Send the link',
    sent: 'Look into your e-mail',
    sent_text:
      'If there is an account with this address, a link is on its way. It is good for a short time only; look into the spam folder, too.',
    back: 'Back to the sign-in',
    no_mail: 'This server cannot send e-mail yet. Ask an administrator to set your password.',
  },
  reset: {
    title: 'New password',
    text: 'For {{email}} of {{tenant}}. All sessions of before will end.',
    submit: 'Save the password',
    done: 'The password is saved',
    done_text: 'Sign in with the new one.',
    to_sign_in: 'Sign in',
  },
  accept: {
    title: 'Welcome',
    text: '{{tenant}} has invited you as {{email}}. Choose a password to begin.',
    name: 'Your name',
    submit: 'Accept the invitation',
  },
  token: {
    bad: 'This link is not good any more',
    bad_text: 'A link can be used once, and not for long. Ask for another one.',
    checking: 'Looking at the link',
  },
  again: {
    title: 'The session has ended',
    text: 'Sign in again to go on. What you typed on this page is still there.',
    later: 'Later, keep reading',
    other: 'This is another account than before. The page is loaded anew.',
  },
};
