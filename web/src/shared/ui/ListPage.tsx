/** One page of a list: its rows, a line while the next ones come, and the pages. */

import type { ReactNode } from 'react';
import { useFormats } from '@/shared/format/formats';
import { type PAGE_SIZES, USUAL_PAGE_SIZE } from '@/shared/search';
import { Pager } from './Pager';
import table from './table.module.css';

interface Place {
  page?: number | undefined;
  limit?: (typeof PAGE_SIZES)[number] | undefined;
}

export function ListPage({
  shown,
  refreshing,
  rows,
  total,
  change,
  says,
  children,
}: {
  /** The search whose rows these are. */
  shown: Place;
  refreshing: boolean;
  /** On this page. */
  rows: number;
  total: number;
  change: (next: Place) => void;
  /** What is counted: "1–20 dari 386 jamaah". */
  says: (counts: { range: string; total: string }) => string;
  children: ReactNode;
}) {
  const format = useFormats();
  const { page = 1, limit = USUAL_PAGE_SIZE } = shown;
  const first = (page - 1) * limit + 1;
  const range = format.range(first, Math.min(first + rows - 1, total));
  return (
    <>
      <div className={table.scroll}>
        <div className={refreshing ? table.refreshing : undefined} />
        {children}
      </div>
      <Pager
        page={page}
        limit={limit}
        total={total}
        onPage={(next) => change({ page: next })}
        onLimit={(next) => change({ limit: next })}
      >
        {says({ range, total: format.count(total) })}
      </Pager>
    </>
  );
}
