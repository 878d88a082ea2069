import { beforeEach, describe, expect, it } from 'vitest';
import { queryClient } from './queryClient';
import { healthQuery, putSnapshot } from './snapshots';
import type { Envelope, Health } from './types';

const EPOCH = 'one';
const value = (seq: number, second: number, epoch = EPOCH): Envelope<Health> => ({
  data: { total: seq } as Health,
  meta: { seq, epoch, as_of: `2026-11-26T00:00:${String(second).padStart(2, '0')}Z` },
});

describe('a summary from its channel', () => {
  const shown = () => queryClient.getQueryData(healthQuery.queryKey)?.meta?.as_of;

  beforeEach(() => {
    queryClient.clear();
    putSnapshot('health', value(10, 10));
  });

  it('replaces what is older', () => {
    expect(putSnapshot('health', value(11, 11))).toBe(true);
    expect(shown()).toContain(':11Z');
  });

  it('does not replace what is newer, whatever the order of arrival', () => {
    expect(putSnapshot('health', value(9, 30))).toBe(false);
    expect(shown()).toContain(':10Z');
  });

  it('of the same event replaces what was computed before it', () => {
    expect(putSnapshot('health', value(10, 9))).toBe(false);
    expect(putSnapshot('health', value(10, 12))).toBe(true);
  });

  it('of another log begins anew', () => {
    expect(putSnapshot('health', value(1, 1, 'restored'))).toBe(true);
  });
});
