import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onWaking } from './waking';

const MINUTE = 60_000;

describe('waking', () => {
  let stop = () => {};
  const wake = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    wake.mockClear();
    stop = onWaking(wake);
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it('is not noticed while the page runs, nor while it is hidden and ticks once a minute', () => {
    vi.advanceTimersByTime(MINUTE);
    vi.setSystemTime(Date.now() + MINUTE);
    vi.advanceTimersByTime(5000);
    expect(wake).not.toHaveBeenCalled();
  });

  it('is noticed when the clock has moved on without the page', () => {
    vi.setSystemTime(Date.now() + 10 * MINUTE);
    document.dispatchEvent(new Event('visibilitychange'));
    expect(wake).toHaveBeenCalledTimes(1);
  });

  it('is noticed when the page comes out of the back-forward cache', () => {
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    expect(wake).toHaveBeenCalledTimes(1);
  });

  it('is not looked for any more once stopped', () => {
    stop();
    vi.setSystemTime(Date.now() + 10 * MINUTE);
    vi.advanceTimersByTime(5000);
    expect(wake).not.toHaveBeenCalled();
  });
});
