/** What a permission is called; one of a newer server by its own word. */

import type { Permission } from '@/shared/api/types';
import { usePermissionWords } from '@/shared/words/permissions';
import { id } from '@/shared/words/permissions/id';

const isKnown = (permission: string): permission is keyof typeof id.name => permission in id.name;

export function usePermissionName(): (permission: Permission) => string {
  const { t } = usePermissionWords();
  return (permission) => (isKnown(permission) ? t(`name.${permission}`) : permission);
}
