import { describe, expect, it } from 'vitest';
import { differs, holdStill, layOut } from './order';

const nobody = () => false;

describe('pages of a long list', () => {
  it('lie where they belong, with places left for those that are not loaded', () => {
    const order = layOut(
      [
        { page: 3, ids: ['e', 'f'] },
        { page: 1, ids: ['a', 'b'] },
      ],
      2,
      7,
    );
    expect(order).toEqual(['a', 'b', undefined, undefined, 'e', 'f', undefined]);
  });

  it('close the gap of a row that has left its page', () => {
    const pages = [
      { page: 1, ids: ['a'] },
      { page: 2, ids: ['c', 'd'] },
    ];
    expect(layOut(pages, 2, 3)).toEqual(['a', 'c', 'd']);
  });

  it('count a row once that has slid from one page to the next', () => {
    const pages = [
      { page: 1, ids: ['a', 'b'] },
      { page: 2, ids: ['b', 'c'] },
    ];
    expect(layOut(pages, 2, 4)).toEqual(['a', 'b', 'c', undefined]);
  });

  it('wait for a page that is on its way', () => {
    const pages = [
      { page: 1, ids: undefined },
      { page: 2, ids: ['c'] },
    ];
    expect(layOut(pages, 2, 3)).toEqual([undefined, undefined, 'c']);
  });
});

describe('a list under the hand', () => {
  it('does not move rows that have another place now', () => {
    expect(holdStill(['a', 'b', 'c'], ['c', 'a', 'b'], nobody)).toEqual(['a', 'b', 'c']);
  });

  it('keeps what others took away, and lets go what one took away oneself', () => {
    expect(holdStill(['a', 'b', 'c'], ['b', 'c'], nobody)).toEqual(['a', 'b', 'c']);
    expect(holdStill(['a', 'b', 'c'], ['b', 'c'], (id) => id === 'a')).toEqual(['b', 'c']);
  });

  it('shows at once what one has put there oneself', () => {
    expect(holdStill(['a', 'b'], ['x', 'a', 'b'], (id) => id === 'x')).toEqual(['x', 'a', 'b']);
  });

  it('fills places as pages arrive', () => {
    expect(holdStill(['a', undefined], ['a', 'b', 'c'], nobody)).toEqual(['a', 'b', 'c']);
  });

  it('says whether another order waits', () => {
    expect(differs(['a', undefined], ['a', 'b'])).toBe(false);
    expect(differs(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(differs(['a', 'b'], ['a'])).toBe(true);
  });
});
