import { describe, expect, it } from 'vitest';
import type { Me } from '@/shared/api/types';
import { isReadable, type Kept } from './keeping';

const NOW = Date.parse('2026-11-26T09:00:00Z');

const kept = (me: Partial<Me> = {}): Kept => ({
  build: '/assets/start-1.js',
  me: { user: { id: 'siti', name: 'Siti', email: 's@x' }, expires_at: '2026-11-26T12:00:00Z', ...me } as Me,
  at: NOW - 60_000,
  state: { queries: [], mutations: [] },
});

const now = { person: 'siti', build: '/assets/start-1.js', at: NOW };

describe('what this browser has kept', () => {
  it('is for the one who was signed in last', () => {
    expect(isReadable(kept(), now)).toBe(true);
    expect(isReadable(kept(), { ...now, person: 'budi' })).toBe(false);
    expect(isReadable(kept(), { ...now, person: null })).toBe(false);
    expect(isReadable(kept({ user: null }), { ...now, person: null })).toBe(false);
  });

  it('ends with the session', () => {
    expect(isReadable(kept(), { ...now, at: NOW + 4 * 3_600_000 })).toBe(false);
    expect(isReadable(kept({ expires_at: null }), { ...now, at: NOW + 13 * 3_600_000 })).toBe(false);
  });

  it('is not read by another version of the application', () => {
    expect(isReadable(kept(), { ...now, build: '/assets/start-2.js' })).toBe(false);
  });
});
