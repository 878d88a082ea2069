import { describe, expect, it } from 'vitest';
import type { TaskCard } from '@/shared/api/types';
import { dayOfDue, endOfDay } from '@/shared/format/days';
import { actionsOf, daysOf, planDrop } from './drop';

const ZONE = 'Asia/Jakarta';
const task = (change: Partial<TaskCard>) =>
  ({
    status: 'pending',
    bucket: 'upcoming',
    priority: 'normal',
    departure_risk: 'low',
    ...change,
  }) as TaskCard;

describe('dropping a card', () => {
  it('on blocked asks for a reason', () => {
    expect(planDrop(task({}), 'blocked')).toEqual({ to: 'blocked', first: [], asks: 'reason' });
  });

  it('on urgent sets the priority', () => {
    const last = { action: 'update', changes: { priority: 'urgent' } };
    expect(planDrop(task({}), 'urgent')).toEqual({ to: 'urgent', first: [], last });
  });

  it('on a column of days asks for the day, and lets go of an urgent priority', () => {
    expect(planDrop(task({}), 'today')).toEqual({ to: 'today', first: [], asks: 'date' });
    expect(planDrop(task({ priority: 'urgent', bucket: 'urgent' }), 'today')).toMatchObject({
      priority: 'high',
    });
  });

  it('of a blocked card unblocks it first', () => {
    const blocked = task({ status: 'blocked', bucket: 'blocked' });
    const drop = planDrop(blocked, 'upcoming');
    expect(drop).toMatchObject({ first: [{ action: 'unblock' }], asks: 'date' });
    expect(typeof drop === 'object' && actionsOf(drop)).toEqual(['unblock', 'update']);
    expect(planDrop({ ...blocked, priority: 'urgent' }, 'urgent')).toEqual({
      to: 'urgent',
      first: [{ action: 'unblock' }],
    });
  });

  it('is refused where it would change nothing', () => {
    expect(planDrop(task({}), 'upcoming')).toBe('same');
    expect(planDrop(task({ departure_risk: 'high', bucket: 'urgent' }), 'today')).toBe('risk');
    expect(planDrop(task({ status: 'completed' }), 'blocked')).toBe('closed');
  });
});

describe('the days of a column', () => {
  // already 1 December in Jakarta
  const now = new Date('2026-11-30T18:00:00Z');

  it('are those of the zone', () => {
    expect(daysOf('today', now, ZONE)).toEqual({ from: '2026-12-01', to: '2026-12-01' });
    expect(daysOf('upcoming', now, ZONE)).toEqual({ from: '2026-12-02', to: '2026-12-08' });
    expect(daysOf('later', now, ZONE)).toEqual({ from: '2026-12-09' });
  });

  it('end at 24:00 there', () => {
    expect(endOfDay('2026-12-31', ZONE)).toBe('2026-12-31T17:00:00.000Z');
    expect(dayOfDue('2026-12-31T17:00:00.000Z', ZONE)).toBe('2026-12-31');
  });
});
