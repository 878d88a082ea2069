import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { queryClient } from '@/shared/api/queryClient';
import { markStale } from './refresh';

describe('loading lists again', () => {
  const invalidate = vi.spyOn(queryClient, 'invalidateQueries').mockResolvedValue();
  const asked = () => invalidate.mock.calls.map(([filters]) => filters?.queryKey);

  let later = 0;

  beforeEach(() => {
    vi.useFakeTimers();
    // later than whatever another test has asked for
    later += 60_000;
    vi.setSystemTime(Date.now() + later);
    invalidate.mockClear();
  });

  afterEach(async () => {
    await vi.runAllTimersAsync();
    vi.useRealTimers();
  });

  it('happens once, however many events come', async () => {
    for (let event = 0; event < 100; event += 1) markStale(['tasks', { bucket: 'today' }]);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked()).toEqual([['tasks', { bucket: 'today' }]]);
  });

  it('waits between one time and the next, and forgets nothing meanwhile', async () => {
    markStale(['tasks', 1]);
    await vi.advanceTimersByTimeAsync(300);
    markStale(['tasks', 1]);
    markStale(['tasks', 2]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked()).toEqual([['tasks', 1]]);
    await vi.advanceTimersByTimeAsync(1500);
    expect(asked()).toEqual([
      ['tasks', 1],
      ['tasks', 1],
      ['tasks', 2],
    ]);
  });
});
