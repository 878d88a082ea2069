/** How a number of people divides: late, at risk, on track, waiting, always in this order. */

import { useCommonWords } from '@/shared/words/common';
import css from './vocabulary.module.css';

const PARTS = ['late', 'risk', 'ok', 'waiting'] as const;

/** The numbers are printed beside it. */
export function StackedBar(people: Record<(typeof PARTS)[number], number>) {
  return (
    <span className={css.bar} aria-hidden>
      {PARTS.map(
        (part) =>
          people[part] > 0 && (
            <span key={part} className={css.part} data-part={part} style={{ flexGrow: people[part] }} />
          ),
      )}
    </span>
  );
}

/** What the parts of such bars mean. */
export function BarKey() {
  const { t } = useCommonWords();
  return (
    <span className={css.key}>
      {PARTS.map((part) => (
        <span key={part}>
          <span className={css.part} data-part={part} aria-hidden />
          {t(`bar.${part}`)}
        </span>
      ))}
    </span>
  );
}
