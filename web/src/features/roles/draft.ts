/** Permissions that were switched in the matrix and are not saved yet, by the role's id. */

import type { Permission, PermissionInfo, Role } from '@/shared/api/types';
import { switched } from '@/shared/entities/roles';

export type Draft = ReadonlyMap<string, readonly Permission[]>;

export const heldIn = (draft: Draft, role: Role): readonly Permission[] =>
  draft.get(role.id) ?? role.permissions;

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value) => other.includes(value));

/** A role that is again as it was is no change. */
export function withSwitch(
  draft: Draft,
  role: Role,
  permission: PermissionInfo,
  on: boolean,
  all: readonly PermissionInfo[],
): Draft {
  const next = new Map(draft);
  const held = switched(heldIn(draft, role), permission, on, all);
  if (isSame(held, role.permissions)) next.delete(role.id);
  else next.set(role.id, held);
  return next;
}

/** How many permissions differ, of all roles. */
export function changesIn(draft: Draft, roles: readonly Role[]): number {
  return roles.reduce((sum, role) => {
    const held = draft.get(role.id);
    if (!held) return sum;
    const gained = held.filter((one) => !role.permissions.includes(one)).length;
    const lost = role.permissions.filter((one) => !held.includes(one)).length;
    return sum + gained + lost;
  }, 0);
}
