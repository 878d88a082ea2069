import { describe, expect, it } from 'vitest';
import type { BottleneckAlert } from '@/shared/api/types';
import { alertItems } from './useNewsItems';

const alert = (id: string, more: Partial<BottleneckAlert> = {}): BottleneckAlert => ({
  id,
  stage_id: 's',
  state: 'active_unack',
  severity: 'high',
  score: 60,
  raised_at: '2026-11-26T01:00:00Z',
  history: [{ at: '2026-11-26T02:00:00Z', severity: 'high' }],
  version: 1,
  ...more,
});

const BOTTLENECKS = [
  { stage_id: 'visa', alert: alert('a') },
  { stage_id: 'hotel', alert: alert('b') },
  { stage_id: 'flight', alert: null },
  { stage_id: 'kit', alert: alert('c', { acknowledged_at: '2026-11-26T03:00:00Z' }) },
];

describe('alerts in the bell', () => {
  it('are those that nobody has taken on', () => {
    expect(alertItems(BOTTLENECKS, undefined).map(({ stage }) => stage)).toEqual(['visa', 'hotel']);
  });

  it("are those of the stages of one's roles for whoever cannot take them on", () => {
    expect(alertItems(BOTTLENECKS, ['hotel', 'kit'])).toMatchObject([{ stage: 'hotel', severity: 'high' }]);
    expect(alertItems(BOTTLENECKS, [])).toEqual([]);
  });

  it('are news again when they get worse', () => {
    const worse = [{ stage_id: 'visa', alert: alert('a', { severity: 'critical' }) }];
    expect(alertItems(worse, undefined)[0]?.id).not.toBe(alertItems(BOTTLENECKS, undefined)[0]?.id);
    expect(alertItems(worse, undefined)[0]?.at).toBe('2026-11-26T02:00:00Z');
  });
});
