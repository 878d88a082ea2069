import { describe, expect, it } from 'vitest';
import { isSameOrder, moved, reconciled } from './order';

describe('the order of stages', () => {
  it('moves one up, down, and not beyond the ends', () => {
    expect(moved(['a', 'b', 'c'], 2, 0)).toEqual(['c', 'a', 'b']);
    expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c']);
    expect(moved(['a', 'b', 'c'], 1, 9)).toEqual(['a', 'c', 'b']);
    expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
  });

  it('knows whether anything moved', () => {
    expect(isSameOrder(['a', 'b'], ['a', 'b'])).toBe(true);
    expect(isSameOrder(['a', 'b'], ['b', 'a'])).toBe(false);
    expect(isSameOrder(['a'], ['a', 'b'])).toBe(false);
  });

  it('keeps a chosen order when a colleague adds and retires stages meanwhile', () => {
    expect(reconciled(['c', 'a', 'b'], ['a', 'b', 'd'])).toEqual(['a', 'b', 'd']);
    expect(reconciled(['c', 'a'], ['a', 'c', 'd'])).toEqual(['c', 'a', 'd']);
  });
});
