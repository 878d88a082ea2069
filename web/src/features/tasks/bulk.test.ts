import { describe, expect, it } from 'vitest';
import type { TaskCard } from '@/shared/api/types';
import { fieldsOf, inverses, slices } from './bulk';

const task = (id: string, change: Partial<TaskCard>) => ({ id, ...change }) as TaskCard;

describe('many tasks at once', () => {
  it('go in slices of at most so many', () => {
    expect(slices([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
    expect(slices([], 2)).toEqual([]);
  });

  it('name only what changes', () => {
    expect(fieldsOf({ action: 'update', changes: { priority: 'high' } })).toEqual({
      action: 'update',
      priority: 'high',
    });
    expect(fieldsOf({ action: 'update', changes: { due_at: null } })).toEqual({
      action: 'update',
      due_at: null,
    });
  });

  it('are taken back together where they were the same before', () => {
    const before = [
      task('a', { assignee: 'siti' }),
      task('b', { assignee: null }),
      task('c', { assignee: 'siti' }),
    ];
    expect(inverses({ action: 'assign', assignee: 'fajar' }, before)).toEqual([
      { command: { action: 'assign', assignee: 'siti' }, ids: ['a', 'c'] },
      { command: { action: 'assign', assignee: null }, ids: ['b'] },
    ]);
    expect(inverses({ action: 'cancel' }, before)).toEqual([]);
  });
});
