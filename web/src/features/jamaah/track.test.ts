import { describe, expect, it } from 'vitest';
import type { Passage, Stage } from '@/shared/api/types';
import { trackOf } from './track';

const DAY = 24 * 60 * 60_000;
const DEPARTURE = Date.UTC(2026, 11, 31);
const ago = (days: number) => new Date(DEPARTURE - days * DAY).toISOString();

const passage = (stage_id: string, given: Partial<Passage>): Passage =>
  ({ stage_id, state: 'waiting', sla_days: 5, ...given }) as Passage;
const stage = (id: string, depends_on: string[], finish_by_days: number | null = null): Stage =>
  ({ id, depends_on, finish_by_days }) as Stage;

const done = passage('a', {
  state: 'completed',
  started_at: ago(60),
  due_at: ago(50),
  completed_at: ago(55),
});
const late = passage('b', {
  state: 'completed',
  started_at: ago(60),
  due_at: ago(40),
  completed_at: ago(30),
});
const running = passage('c', { state: 'active', started_at: ago(30), due_at: ago(10) });
const waiting = passage('d', {});
const stages = [stage('a', []), stage('b', []), stage('c', ['a', 'b']), stage('d', ['c'], 2)];

describe('a stage track', () => {
  const now = DEPARTURE - 14 * DAY;
  const track = trackOf([done, late, running, waiting], stages, DEPARTURE, now);
  const [a, b, c, d] = track.rows;

  it('spans from the first beginning to the departure, with a margin', () => {
    expect(a?.bars[0]?.left).toBeCloseTo(2);
    expect(track.departure).toBeCloseTo(98);
  });

  it('draws work in time as one bar', () => {
    expect(a?.bars.map(({ kind }) => kind)).toEqual(['done']);
    expect(c?.bars.map(({ kind }) => kind)).toEqual(['running']);
  });

  it('cuts work at its limit, and marks what is beyond', () => {
    expect(b?.bars.map(({ kind }) => kind)).toEqual(['done', 'late']);
    expect(b?.bars[1]?.left).toBeCloseTo(b?.limit ?? Number.NaN);
  });

  it('marks running work as late from its limit on', () => {
    const over = trackOf([running], stages, DEPARTURE, DEPARTURE - 5 * DAY);
    expect(over.rows[0]?.bars.map(({ kind }) => kind)).toEqual(['running', 'late']);
  });

  it('gives what has not begun a window that ends with the day it must be finished by', () => {
    expect(d?.bars).toEqual([]);
    // H-2 ends where H-1 begins
    expect(d?.limit).toBeCloseTo(track.departure - (96 / 60) * 1);
  });

  it('tells which dependency held things up: the last, if it was late', () => {
    const into = track.elbows.filter(({ to }) => to === 2);
    expect(into.map(({ from, heldUp }) => [from, heldUp])).toEqual([
      [0, false],
      [1, true],
    ]);
  });

  it('never draws a dependency backwards', () => {
    for (const { fromX, toX } of track.elbows) expect(toX).toBeGreaterThanOrEqual(fromX);
  });

  it('has few ticks however long the way is', () => {
    expect(track.ticks.map(({ days }) => days)).toEqual([10, 20, 30, 40, 50, 60]);
    const long = trackOf([passage('a', { ...done, started_at: ago(400) })], stages, DEPARTURE, now);
    expect(long.ticks.length).toBeLessThanOrEqual(7);
  });

  it('shows today only within what is drawn', () => {
    expect(track.today).toBeGreaterThan(0);
    expect(trackOf([done], stages, DEPARTURE, DEPARTURE + DAY).today).toBeUndefined();
  });

  it('leaves out stages that were skipped, and the dependencies on them', () => {
    const skipped = passage('a', { state: 'skipped', completed_at: ago(20) });
    const { rows, elbows } = trackOf([skipped, running], stages, DEPARTURE, now);
    expect(rows[0]?.bars).toEqual([]);
    expect(elbows).toEqual([]);
  });
});
