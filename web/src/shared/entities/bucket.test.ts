import { describe, expect, it } from 'vitest';
import { type Bucketed, bucketOf } from './bucket';

const ZONE = 'Asia/Jakarta';
/** 1 December, 15.00 in Jakarta. */
const NOW = new Date('2026-12-01T08:00:00Z');
const task = (change: Partial<Bucketed>): Bucketed => ({
  status: 'pending',
  priority: 'normal',
  departure_risk: 'low',
  due_at: null,
  ...change,
});
/** 24:00 of a day in Jakarta, as the server sends it. */
const endOf = (day: number) => new Date(Date.UTC(2026, 11, day, 17)).toISOString();
const due = (day: number) => bucketOf(task({ due_at: endOf(day) }), NOW, ZONE);

describe('the column of a task', () => {
  it('goes by the due date, which ends at 24:00 in the zone', () => {
    expect([due(-1), due(0), due(1), due(2), due(8), due(9)]).toEqual([
      'urgent',
      'urgent',
      'today',
      'upcoming',
      'upcoming',
      'later',
    ]);
  });

  it('is later without a due date', () => {
    expect(bucketOf(task({}), NOW, ZONE)).toBe('later');
  });

  it('is urgent by priority and by departure risk, whatever the date', () => {
    expect(bucketOf(task({ priority: 'urgent', due_at: endOf(30) }), NOW, ZONE)).toBe('urgent');
    expect(bucketOf(task({ departure_risk: 'high' }), NOW, ZONE)).toBe('urgent');
  });

  it('is blocked before anything else', () => {
    expect(bucketOf(task({ status: 'blocked', priority: 'urgent', due_at: endOf(-5) }), NOW, ZONE)).toBe(
      'blocked',
    );
  });
});
