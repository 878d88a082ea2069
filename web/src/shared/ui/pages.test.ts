import { describe, expect, it } from 'vitest';
import { pagesToOffer } from './pages';

describe('the pages to offer', () => {
  it.each([
    [1, 1, [1]],
    [1, 2, [1, 2]],
    [1, 5, [1, 2, 3, 4, 5]],
    [1, 9, [1, 2, 3, 'after', 9]],
    [5, 9, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [6, 20, [1, 'before', 4, 5, 6, 7, 8, 'after', 20]],
    [20, 20, [1, 'before', 18, 19, 20]],
  ])('on page %i of %i', (page, pages, expected) => {
    expect(pagesToOffer(page, pages)).toEqual(expected);
  });
});
