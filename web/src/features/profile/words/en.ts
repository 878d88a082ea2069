import type { Translated } from '@/shared/words/i18n';
import type { id } from './id';

export const en: Translated<typeof id> = {
  title: 'My profile',
  account: 'Account',
  name: 'Name',
  email: 'E-mail',
  organisation: 'Organisation',
  roles: 'Roles',
  ask: 'An administrator changes names and roles.',
  password: {
    title: 'Password',
    text: 'Sessions on other devices will end.',
    submit: 'Change the password',
    done: 'The password is changed',
    done_text: 'All other sessions have ended.',
  },
};
