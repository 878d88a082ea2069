import { describe, expect, it } from 'vitest';
import type { PermissionInfo } from '@/shared/api/types';
import { fitsLimits, groupsOf, switched } from './roles';

const info = (id: PermissionInfo['id'], part_of: PermissionInfo['id'] | null = null): PermissionInfo => ({
  id,
  description: '',
  part_of,
  for_stages: id.startsWith('tasks.'),
  for_own_jamaah: id.startsWith('tasks.'),
});

const ALL = [
  info('pipeline.read'),
  info('tasks.work'),
  info('tasks.complete', 'tasks.work'),
  info('tasks.block', 'tasks.work'),
  info('bottlenecks.acknowledge', 'stages.write'),
  info('stages.write'),
];

const [, work, complete] = ALL as [PermissionInfo, PermissionInfo, PermissionInfo];

describe('permissions', () => {
  it('are shown by what they are about, each before its parts', () => {
    const shown = groupsOf(ALL).map(([group, list]) => [group, list.map(({ id }) => id)]);
    expect(shown).toEqual([
      ['pipeline', ['pipeline.read']],
      ['tasks', ['tasks.work', 'tasks.complete', 'tasks.block']],
      ['settings', ['stages.write', 'bottlenecks.acknowledge']],
    ]);
  });

  it('take the place of their parts', () => {
    expect(switched(['tasks.complete', 'pipeline.read'], work, true, ALL)).toEqual([
      'pipeline.read',
      'tasks.work',
    ]);
    expect(switched(['tasks.work'], complete, true, ALL)).toEqual(['tasks.work']);
    expect(switched(['pipeline.read'], complete, true, ALL)).toEqual(['pipeline.read', 'tasks.complete']);
    expect(switched(['pipeline.read', 'tasks.complete'], complete, false, ALL)).toEqual(['pipeline.read']);
  });

  it('fit into limits that they can be held to', () => {
    const [everywhere] = ALL as [PermissionInfo];
    expect(fitsLimits(everywhere, { stages: null, own_jamaah: false })).toBe(true);
    expect(fitsLimits(everywhere, { stages: ['s'], own_jamaah: false })).toBe(false);
    expect(fitsLimits(everywhere, { stages: [], own_jamaah: true })).toBe(false);
    expect(fitsLimits(work, { stages: ['s'], own_jamaah: true })).toBe(true);
  });
});
