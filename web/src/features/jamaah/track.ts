/**
 * Where everything of a stage track stands, in percent of its width: a row per stage, time from left to right,
 * the departure near the right edge. Drawn by `StageTrack`.
 */

import type { Passage, Stage } from '@/shared/api/types';

export interface Bar {
  kind: 'done' | 'running' | 'late';
  left: number;
  width: number;
}

export interface TrackRow {
  passage: Passage;
  /** From the earliest start to the limit. */
  band: { left: number; width: number } | undefined;
  limit: number | undefined;
  bars: Bar[];
}

/** "Waits for": from the end of one row to the beginning of another. */
export interface Elbow {
  from: number;
  to: number;
  fromX: number;
  toX: number;
  /** The late one that kept the other from beginning. */
  heldUp: boolean;
}

export interface Track {
  rows: TrackRow[];
  elbows: Elbow[];
  /** Days before the departure, and where. */
  ticks: { days: number; at: number }[];
  today: number | undefined;
  departure: number;
}

const DAY = 24 * 60 * 60_000;
/** Free at both ends, so that nothing touches the edge. */
const MARGIN_PERCENT = 2;
const SMALLEST_PERCENT = 0.8;
const TICK_STEPS = [5, 10, 20, 30, 60, 90, 180];
const MOST_TICKS = 7;

const ms = (at: string | null | undefined): number | undefined => (at ? new Date(at).getTime() : undefined);

/** `departure` is 00:00 of the day in the tenant's zone, in milliseconds. */
export function trackOf(path: Passage[], stages: Stage[], departure: number, now: number): Track {
  const spans = path.map((passage) => spanOf(passage, stages, departure, now));
  const moments = spans.flatMap(({ start, limit, from, until }) => [start, limit, from, until]);
  const known = moments.filter((at) => at !== undefined);
  const begin = Math.min(departure, ...known);
  const end = Math.max(departure, ...known);
  const scale = (100 - 2 * MARGIN_PERCENT) / Math.max(end - begin, DAY);
  const x = (at: number) => MARGIN_PERCENT + (at - begin) * scale;
  const place = (from: number, until: number) => ({
    left: x(from),
    width: Math.max(x(until) - x(from), SMALLEST_PERCENT),
  });

  const rows = spans.map(({ passage, start, limit, from, until }): TrackRow => {
    const inTime = until === undefined ? undefined : Math.min(until, limit ?? until);
    const kind = passage.state === 'active' ? ('running' as const) : ('done' as const);
    const bars: Bar[] = [];
    if (from !== undefined && until !== undefined && inTime !== undefined) {
      if (inTime >= from) bars.push({ kind, ...place(from, inTime) });
      if (until > inTime) bars.push({ kind: 'late', ...place(Math.max(from, inTime), until) });
    }
    return {
      passage,
      band: start !== undefined && limit !== undefined && limit > start ? place(start, limit) : undefined,
      limit: limit === undefined ? undefined : x(limit),
      bars,
    };
  });
  return {
    rows,
    elbows: elbowsOf(spans, stages, now).map(({ fromAt, toAt, ...elbow }) => ({
      ...elbow,
      fromX: x(fromAt),
      toX: x(Math.max(fromAt, toAt)),
    })),
    ticks: ticksOf((departure - begin) / DAY).map((days) => ({ days, at: x(departure - days * DAY) })),
    today: now >= begin && now <= end ? x(now) : undefined,
    departure: x(departure),
  };
}

interface Span {
  passage: Passage;
  /** Of the window. */
  start: number | undefined;
  limit: number | undefined;
  /** Of the work. */
  from: number | undefined;
  until: number | undefined;
}

function spanOf(passage: Passage, stages: Stage[], departure: number, now: number): Span {
  const finishBy = stages.find(({ id }) => id === passage.stage_id)?.finish_by_days;
  const opens = ms(passage.opens_at);
  const begun = ms(passage.started_at);
  // a date ends at 24:00
  const byDeparture = finishBy == null ? undefined : departure - (finishBy - 1) * DAY;
  const usualStart = opens ?? begun;
  const limit =
    ms(passage.due_at) ??
    byDeparture ??
    (usualStart === undefined ? undefined : usualStart + passage.sla_days * DAY);
  const start = usualStart ?? (limit === undefined ? undefined : limit - passage.sla_days * DAY);
  const done = passage.state === 'completed' ? ms(passage.completed_at) : undefined;
  const from = passage.state === 'skipped' ? undefined : (begun ?? done);
  return { passage, start, limit, from, until: from === undefined ? undefined : (done ?? now) };
}

function elbowsOf(spans: Span[], stages: Stage[], now: number) {
  const endOf = ({ passage, until, limit, start }: Span) =>
    passage.state === 'waiting' ? (limit ?? start ?? now) : (until ?? now);
  return spans.flatMap((span, to) => {
    const waitsFor = stages.find(({ id }) => id === span.passage.stage_id)?.depends_on ?? [];
    const before = waitsFor.flatMap((id) => {
      const from = spans.findIndex(({ passage }) => passage.stage_id === id && passage.state !== 'skipped');
      const other = spans[from];
      return other ? [{ from, other, end: endOf(other) }] : [];
    });
    const last = Math.max(...before.map(({ end }) => end));
    return before.map(({ from, other, end }) => ({
      from,
      to,
      fromAt: end,
      toAt: span.from ?? span.start ?? end,
      heldUp: end === last && other.passage.state !== 'waiting' && end > (other.limit ?? end),
    }));
  });
}

function ticksOf(days: number): number[] {
  const step = TICK_STEPS.find((each) => days / each <= MOST_TICKS) ?? 360;
  return Array.from({ length: Math.floor(days / step) }, (_, index) => (index + 1) * step);
}
