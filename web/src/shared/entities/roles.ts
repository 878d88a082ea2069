/** The roles of the organisation, and everything that can be permitted. */

import { queryOptions } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import type { Permission, PermissionInfo, Role } from '@/shared/api/types';

/** For whoever administers people. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async ({ signal }): Promise<Role[]> => (await ask(api.GET('/api/v1/roles', { signal }))).data,
});

/** In an order in which they can be shown; it changes with the program only. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }): Promise<PermissionInfo[]> =>
    (await ask(api.GET('/api/v1/permissions', { signal }))).data,
});

export type PermissionGroup = 'pipeline' | 'tasks' | 'jamaah' | 'settings' | 'other';

const GROUPS: Record<string, PermissionGroup> = {
  pipeline: 'pipeline',
  departures: 'pipeline',
  tasks: 'tasks',
  jamaah: 'jamaah',
  stages: 'settings',
  bottlenecks: 'settings',
  imports: 'settings',
  exports: 'settings',
  audit: 'settings',
  users: 'settings',
};

/** By what they are about, each followed by its parts. */
export function groupsOf(all: readonly PermissionInfo[]): [PermissionGroup, PermissionInfo[]][] {
  const groups = new Map<PermissionGroup, PermissionInfo[]>();
  for (const whole of all.filter(({ part_of }) => !part_of)) {
    const group = GROUPS[whole.id.split('.')[0] ?? ''] ?? 'other';
    const parts = all.filter(({ part_of }) => part_of === whole.id);
    groups.set(group, [...(groups.get(group) ?? []), whole, ...parts]);
  }
  return [...groups];
}

/** Switched on or off; a whole takes the place of its parts. */
export function switched(
  held: readonly Permission[],
  { id, part_of }: PermissionInfo,
  on: boolean,
  all: readonly PermissionInfo[],
): Permission[] {
  if (!on) return held.filter((one) => one !== id);
  const parts = all.filter((one) => one.part_of === id).map((one) => one.id);
  if (part_of && held.includes(part_of)) return [...held];
  return [...held.filter((one) => one !== id && !parts.includes(one)), id];
}

/** Whether a permission can be held to a role's limits; the others hold everywhere or not at all. */
export const fitsLimits = (
  { for_stages, for_own_jamaah }: Pick<PermissionInfo, 'for_stages' | 'for_own_jamaah'>,
  { stages, own_jamaah }: { stages?: readonly string[] | null; own_jamaah: boolean },
): boolean => (!stages?.length || for_stages) && (!own_jamaah || for_own_jamaah);
