/** What the roles are called that every tenant begins with; one of the tenant's own is called by its key. */

import { useCommonWords } from '@/shared/words/common';
import { id } from '@/shared/words/common/id';

const isKnown = (key: string): key is keyof typeof id.role => key in id.role;

export function useRoleName(): (key: string) => string {
  const { t } = useCommonWords();
  return (key) => (isKnown(key) ? t(`role.${key}`) : key);
}

/** Of one that is known whole: its own name, unless there is a word for it. */
export function useRoleLabel(): (role: { key: string; name: string }) => string {
  const { t } = useCommonWords();
  return ({ key, name }) => (isKnown(key) ? t(`role.${key}`) : name);
}
