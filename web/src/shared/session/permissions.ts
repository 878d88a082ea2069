/** Which permissions are parts of others: who holds the whole holds the part. The server says the same in `/permissions`. */

import type { Permission } from '@/shared/api/types';

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

export function holds(held: readonly Permission[], permission: Permission): boolean {
  const whole = WHOLE[permission];
  return held.includes(permission) || (whole !== undefined && held.includes(whole));
}
