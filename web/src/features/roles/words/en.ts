import type { Translated } from '@/shared/words/i18n';
import type { id } from './id';

export const en: Translated<typeof id> = {
  title: 'Roles & permissions',
  aside: 'changes hold at once for everybody with the role',
  permission: 'Permission',
  people_one: '{{people}} person',
  people_other: '{{people}} people',
  cell: '{{role}}: {{permission}}',
  choose: 'Role',
  open: 'Change the role {{name}}',
  changed: {
    text_one: '{{count}} permission is changed and not saved.',
    text_other: '{{count}} permissions are changed and not saved.',
    save: 'Save permissions',
    discard: 'Discard',
    done: 'The permissions are saved',
    failed: 'The permissions of {{role}} are not saved yet',
  },
  new: { open: 'New role', title: 'New role', what: 'The new role', save: 'Add the role' },
  edit: {
    title: 'Role {{name}}',
    saved: 'The role {{name}} is saved',
    name: 'Name',
    key: 'Code',
    key_hint: 'Lower-case letters, digits and dashes; it cannot be changed later',
    permissions: 'Permissions',
    built_in: 'A built-in role: every organisation has it, and it cannot be deleted.',
  },
  remove: {
    open: 'Delete the role',
    text: 'The role {{name}} is deleted for good.',
    done: 'The role {{name}} is deleted',
    used: 'It is still used: by people, stages, open tasks or API keys.',
  },
  last: 'Somebody must be left who can administer people.',
  complaint: {
    key: 'Lower-case letters, digits and dashes within, at most 63',
    name: 'Write the name',
    permissions: 'There are permissions that you lack and so cannot give',
    taken: 'There is a role with this code already',
  },
};
