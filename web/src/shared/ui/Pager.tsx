/** Which rows of how many are shown, the pages, and how many rows a page has. */

import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useFormats } from '@/shared/format/formats';
import { PAGE_SIZES } from '@/shared/search';
import { useListWords } from '@/shared/words/lists';
import css from './pager.module.css';
import { pagesToOffer } from './pages';

export function Pager({
  page,
  limit,
  total,
  onPage,
  onLimit,
  children,
}: {
  page: number;
  limit: number;
  total: number;
  onPage: (page: number) => void;
  /** Without it pages have one size. */
  onLimit?: (limit: (typeof PAGE_SIZES)[number]) => void;
  /** What is counted, with the range: "1–20 dari 386 jamaah". */
  children: ReactNode;
}) {
  const { t } = useListWords();
  const format = useFormats();
  const pages = Math.max(1, Math.ceil(total / limit));
  return (
    <div className={css.pager}>
      <span className={css.range}>{children}</span>
      <nav className={css.pages} aria-label={t('pages')}>
        <button
          type="button"
          className={css.page}
          disabled={page <= 1}
          aria-label={t('previous')}
          onClick={() => onPage(page - 1)}
        >
          <IconChevronLeft size={16} stroke={1.8} aria-hidden />
        </button>
        {pagesToOffer(page, pages).map((one) =>
          typeof one === 'number' ? (
            <button
              key={one}
              type="button"
              className={css.page}
              aria-label={t('page', { page: format.count(one) })}
              aria-current={one === page ? 'page' : undefined}
              onClick={() => onPage(one)}
            >
              {format.count(one)}
            </button>
          ) : (
            <span key={one} className={css.gap} aria-hidden>
              …
            </span>
          ),
        )}
        <button
          type="button"
          className={css.page}
          disabled={page >= pages}
          aria-label={t('next')}
          onClick={() => onPage(page + 1)}
        >
          <IconChevronRight size={16} stroke={1.8} aria-hidden />
        </button>
      </nav>
      {onLimit && (
        <fieldset className={css.sizes}>
          <legend>{t('per_page')}</legend>
          {PAGE_SIZES.map((size) => (
            <button key={size} type="button" aria-pressed={size === limit} onClick={() => onLimit(size)}>
              {size}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
