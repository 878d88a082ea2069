/** Which rows of how many, the pages, and how many rows a page has. */

import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useFormats } from '@/shared/format/formats';
import { PAGE_SIZES } from '@/shared/search';
import { pageButtons } from './pages';
import css from './table.module.css';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

export function Pager({
  total,
  page,
  limit,
  phone,
}: {
  total: number;
  page: number;
  limit: number;
  phone: boolean;
}) {
  const { t } = useTasksWords();
  const format = useFormats();
  const navigate = route.useNavigate();
  const pages = Math.max(1, Math.ceil(total / limit));
  const go = (to: number) =>
    void navigate({ search: (before) => ({ ...before, page: to === 1 ? undefined : to }) });
  const from = Math.min((page - 1) * limit + 1, total);
  return (
    <div className={css.pager}>
      <span>
        {t('pages.range', {
          from: format.count(from),
          to: format.count(Math.min(page * limit, total)),
          total: format.count(total),
        })}
      </span>
      <nav aria-label={t('pages.label')}>
        <ul className={css.pages}>
          <li>
            <button
              type="button"
              disabled={page <= 1}
              aria-label={t('pages.previous')}
              onClick={() => go(page - 1)}
            >
              <IconChevronLeft size={16} stroke={1.8} aria-hidden />
            </button>
          </li>
          {pageButtons(page, pages)
            .filter(
              (one) => !phone || one === undefined || Math.abs(one - page) < 2 || one === 1 || one === pages,
            )
            .map((one, at) =>
              one === undefined ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: a gap is where it is
                <li key={`gap-${at}`} className={css.gap} aria-hidden>
                  …
                </li>
              ) : (
                <li key={one}>
                  <button
                    type="button"
                    aria-label={t('pages.go', { page: format.count(one) })}
                    aria-current={one === page ? 'page' : undefined}
                    onClick={() => go(one)}
                  >
                    {format.count(one)}
                  </button>
                </li>
              ),
            )}
          <li>
            <button
              type="button"
              disabled={page >= pages}
              aria-label={t('pages.next')}
              onClick={() => go(page + 1)}
            >
              <IconChevronRight size={16} stroke={1.8} aria-hidden />
            </button>
          </li>
        </ul>
      </nav>
      <fieldset className={css.sizes} aria-label={t('pages.size')}>
        <span aria-hidden>{t('pages.size')}</span>
        {PAGE_SIZES.map((size) => (
          <button
            key={size}
            type="button"
            aria-pressed={size === limit}
            onClick={() =>
              void navigate({ search: (before) => ({ ...before, limit: size, page: undefined }) })
            }
          >
            {size}
          </button>
        ))}
      </fieldset>
    </div>
  );
}
