/** What stands above a list. On phones the filters wait behind a button, so that the list is on the first screen. */

import { IconFilter } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { useListWords } from '@/shared/words/lists';
import css from './filter.module.css';

export function FilterBar({
  search,
  filters,
  set,
  children,
}: {
  search?: ReactNode;
  filters: ReactNode;
  /** How many of them are set. */
  set: number;
  /** Order and actions. */
  children?: ReactNode;
}) {
  const { t } = useListWords();
  const [open, setOpen] = useState(false);
  return (
    <div className={css.bar}>
      {search}
      <button
        type="button"
        className={css.opener}
        aria-expanded={open}
        aria-pressed={set > 0}
        onClick={() => setOpen(!open)}
      >
        <IconFilter size={16} stroke={1.8} aria-hidden />
        {set > 0 ? t('filters_set', { count: set }) : t('filters')}
      </button>
      <div className={css.filters} data-open={open || undefined}>
        {filters}
      </div>
      <div className={css.end}>{children}</div>
    </div>
  );
}
