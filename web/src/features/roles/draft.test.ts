import { describe, expect, it } from 'vitest';
import type { PermissionInfo, Role } from '@/shared/api/types';
import { changesIn, type Draft, heldIn, withSwitch } from './draft';

const LIMITS = { for_stages: true, for_own_jamaah: true };
const WORK: PermissionInfo = { id: 'tasks.work', description: '', part_of: null, ...LIMITS };
const START: PermissionInfo = { id: 'tasks.start', description: '', part_of: 'tasks.work', ...LIMITS };
const ALL = [WORK, START];

const role = (id: string, permissions: Role['permissions']): Role =>
  ({ id, key: id, name: id, permissions, built_in: false, people: 0, version: 1 }) as Role;

const VISA = role('visa', ['tasks.read', 'tasks.start']);
const AUDITOR = role('auditor', ['pipeline.read']);
const NONE: Draft = new Map();

describe('the draft of a matrix', () => {
  it('is of the roles that were changed', () => {
    const draft = withSwitch(NONE, VISA, WORK, true, ALL);
    expect(heldIn(draft, VISA)).toEqual(['tasks.read', 'tasks.work']);
    expect(heldIn(draft, AUDITOR)).toBe(AUDITOR.permissions);
    // the part went with the whole
    expect(changesIn(draft, [VISA, AUDITOR])).toBe(2);
  });

  it('is empty again when all is as it was', () => {
    const draft = withSwitch(NONE, AUDITOR, START, true, ALL);
    expect(changesIn(draft, [AUDITOR])).toBe(1);
    expect(withSwitch(draft, AUDITOR, START, false, ALL).size).toBe(0);
  });
});
