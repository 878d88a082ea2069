/** Completions a day. Today, which is not over, is left out: it would always look like a fall. */

import css from './StageCard.module.css';

const WIDTH = 48;
const HEIGHT = 14;
const EDGE = 2;

export function Sparkline({ values }: { values: number[] }) {
  const days = values.slice(0, -1);
  const most = Math.max(...days);
  if (days.length < 2 || most === 0) return null;
  const points = days.map((value, index) => [
    EDGE + (index * (WIDTH - 2 * EDGE)) / (days.length - 1),
    HEIGHT - EDGE - (value / most) * (HEIGHT - 2 * EDGE),
  ]);
  const [x, y] = points.at(-1) ?? [];
  return (
    <svg width={WIDTH} height={HEIGHT} className={css.sparkline} aria-hidden>
      <polyline points={points.map((point) => point.join(',')).join(' ')} />
      <circle cx={x} cy={y} r={1.75} />
    </svg>
  );
}
