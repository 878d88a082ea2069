/**
 * One block per person, the riskiest first: its height is the risk, its colour repeats it. Beyond what can be told
 * apart the three numbers stand in its place.
 */

import { useFormats } from '@/shared/format/formats';
import { useCommonWords } from '@/shared/words/common';
import css from './vocabulary.module.css';

const AT_MOST = 60;

export function SeatStrip({
  high,
  medium,
  low,
  ready,
  tall = false,
}: Record<'high' | 'medium' | 'low' | 'ready', number> & {
  /** On a page of its own. */
  tall?: boolean;
}) {
  const { t } = useCommonWords();
  const format = useFormats();
  const people = [...seats('high', high), ...seats('medium', medium), ...seats('low', low + ready)];
  const words = (['high', 'medium', 'low'] as const).map(
    (risk) => `${format.count({ high, medium, low: low + ready }[risk])} ${t(`risk.${risk}`).toLowerCase()}`,
  );
  if (people.length > AT_MOST) return <span className={css.seatWords}>{words.join(' · ')}</span>;
  return (
    <span className={css.seats} data-tall={tall || undefined} role="img" aria-label={words.join(', ')}>
      {people.map((risk, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a seat is nobody in particular
        <span key={index} data-risk={risk} />
      ))}
    </span>
  );
}

const seats = (risk: string, count: number): string[] => Array.from({ length: count }, () => risk);
