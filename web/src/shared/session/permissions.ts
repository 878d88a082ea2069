/** Which permissions are parts of others: who holds the whole holds the part. The server says the same in `/permissions`. */

import type { Me, Permission } from '@/shared/api/types';

type Rights = Pick<Me, 'permissions' | 'limited'>;

const WHOLE: Partial<Record<Permission, Permission>> = {
  'departures.read': 'pipeline.read',
  'tasks.start': 'tasks.work',
  'tasks.complete': 'tasks.work',
  'tasks.block': 'tasks.work',
  'tasks.reopen': 'tasks.work',
  'tasks.comment': 'tasks.work',
  'tasks.create': 'tasks.write',
  'tasks.edit': 'tasks.write',
  'tasks.assign': 'tasks.write',
  'tasks.cancel': 'tasks.write',
  'jamaah.advance': 'jamaah.manage',
  'jamaah.move': 'jamaah.manage',
  'jamaah.hold': 'jamaah.manage',
  'jamaah.cancel': 'jamaah.manage',
  'bottlenecks.acknowledge': 'stages.write',
};

/** Whether somebody may do something: everywhere, or within the limits of a role; at this stage, where it is known. */
export const mayDo = (me: Rights, permission: Permission, stage?: string): boolean =>
  holds(me.permissions, permission) ||
  me.limited.some(
    ({ permissions, stages }) =>
      holds(permissions, permission) && (stage === undefined || !stages || stages.includes(stage)),
  );

/** Whether it is held everywhere. */
export function holds(held: readonly Permission[], permission: Permission): boolean {
  const whole = WHOLE[permission];
  return held.includes(permission) || (whole !== undefined && held.includes(whole));
}
