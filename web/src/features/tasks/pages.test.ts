import { expect, it } from 'vitest';
import { pageButtons } from './pages';

const shown = (page: number, pages: number) =>
  pageButtons(page, pages)
    .map((one) => one ?? '…')
    .join(' ');

it('shows all pages while they fit, and gaps when they do not', () => {
  expect(shown(2, 5)).toBe('1 2 3 4 5');
  expect(shown(1, 20)).toBe('1 2 3 4 5 … 20');
  expect(shown(10, 20)).toBe('1 … 9 10 11 … 20');
  expect(shown(20, 20)).toBe('1 … 16 17 18 19 20');
});

it('has as many buttons on every page', () => {
  const counts = Array.from({ length: 20 }, (_, at) => pageButtons(at + 1, 20).length);
  expect(new Set(counts)).toEqual(new Set([7]));
});
