/** A column of the board: ten thousand cards of which those in sight are drawn. */

import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Bucket } from '@/shared/api/types';
import type { TaskFilters } from '@/shared/entities/tasks';
import { Failure } from '@/shared/ui/Failure';
import { Late } from '@/shared/ui/Late';
import { useCommonWords } from '@/shared/words/common';
import css from './board.module.css';
import { Card, CardBones } from './Card';
import { ColumnDrop } from './ColumnDrop';
import { ColumnEmpty } from './ColumnEmpty';
import { ColumnHead } from './ColumnHead';
import { PAGE, useColumnRows, useStill } from './column';
import { registerList } from './lists';
import { useTasksWords } from './words';

/** Heights of a card and the gap below it, as `card.module.css` has them. */
const SIZES = {
  desktop: { card: 78, blocked: 98, gap: 8 },
  touch: { card: 146, blocked: 168, gap: 12 },
} as const;

const BONES = ['1', '2', '3', '4'];

export function Column({
  bucket,
  filters,
  touch,
  /** Without a head of its own, where tabs say it. */
  bare = false,
  onFold,
}: {
  bucket: Bucket;
  filters: TaskFilters;
  touch: boolean;
  bare?: boolean;
  onFold?: () => void;
}) {
  const common = useCommonWords().t;
  const [pages, setPages] = useState<readonly number[]>([1]);
  const rows = useColumnRows(filters, bucket, pages);
  const name = common(`bucket.${bucket}`);
  return (
    <section className={css.column} data-bare={bare || undefined} aria-label={name} data-bucket={bucket}>
      {!bare && <ColumnHead bucket={bucket} total={rows.total} filters={filters} onFold={onFold} />}
      {rows.reloading && <div className={css.reloading} aria-hidden />}
      {rows.error && rows.order.length === 0 ? (
        <div className={css.scroller}>
          <Failure what={name} error={rows.error} retry={rows.retry} />
        </div>
      ) : rows.total === undefined && rows.order.length === 0 ? (
        <div className={css.scroller}>
          <Late>
            <div className={css.bones}>
              {BONES.map((key) => (
                <CardBones key={key} />
              ))}
            </div>
          </Late>
        </div>
      ) : (
        <Rows
          bucket={bucket}
          order={rows.order}
          of={rows.reloading ? '' : JSON.stringify(filters)}
          touch={touch}
          filters={filters}
          onPages={setPages}
        />
      )}
      <ColumnDrop bucket={bucket} />
    </section>
  );
}

function Rows({
  bucket,
  order: next,
  of,
  touch,
  filters,
  onPages,
}: {
  bucket: Bucket;
  order: readonly (string | undefined)[];
  /** Names what the rows were asked for with. */
  of: string;
  touch: boolean;
  filters: TaskFilters;
  onPages: (pages: readonly number[]) => void;
}) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const scroller = useRef<HTMLDivElement>(null);
  const { order, waits, apply, handlers } = useStill(next, of);
  const size = SIZES[touch ? 'touch' : 'desktop'];
  const height = (bucket === 'blocked' ? size.blocked : size.card) + size.gap;
  const virtual = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    getItemKey: useCallback((at: number) => order[at] ?? at, [order]),
    overscan: 4,
    paddingEnd: touch ? 8 : 48,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again when the height changes
  useEffect(() => virtual.measure(), [height]);

  const items = virtual.getVirtualItems();
  const first = pageAt(items[0]?.index ?? 0);
  const last = pageAt(items.at(-1)?.index ?? 0);
  useEffect(() => {
    onPages(Array.from({ length: last - first + 1 }, (_, at) => first + at));
  }, [first, last, onPages]);

  const focus = useFocus(bucket, order, scroller, (at) => virtual.scrollToIndex(at, { align: 'auto' }));
  const stop = order.includes(focus.stop) ? focus.stop : order[items[0]?.index ?? 0];

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the hand is in the list
    <div className={css.scroller} ref={scroller} {...handlers} onFocus={focus.onFocus}>
      {waits && (
        <button type="button" className={css.newOrder} onClick={apply}>
          {t('new_order')}
        </button>
      )}
      {order.length === 0 && <ColumnEmpty bucket={bucket} filters={filters} />}
      <ul
        className={css.list}
        data-list={bucket}
        style={{ height: virtual.getTotalSize() }}
        aria-label={common(`bucket.${bucket}`)}
      >
        {items.map(({ index, key, start }) => {
          const id = order[index];
          return (
            <li
              key={key}
              className={css.item}
              style={{ transform: `translateY(${start}px)` }}
              aria-setsize={order.length}
              aria-posinset={index + 1}
            >
              {id ? <Card id={id} stop={id === stop} /> : <CardBones />}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

const pageAt = (index: number): number => Math.floor(index / PAGE) + 1;

/** So many frames until a row that was scrolled to must be there. */
const PATIENCE = 20;

/** Where the focus is in the list, and where it goes when its card leaves. */
function useFocus(
  name: string,
  order: readonly (string | undefined)[],
  scroller: React.RefObject<HTMLDivElement | null>,
  scrollTo: (index: number) => void,
) {
  const [stop, setStop] = useState<string>();
  const latest = useRef({ order, scrollTo });
  latest.current = { order, scrollTo };
  const at = useRef(-1);

  const focus = useCallback(
    (index: number) => {
      latest.current.scrollTo(index);
      let left = PATIENCE;
      const look = () => {
        const id = latest.current.order[index];
        const row = id && scroller.current?.querySelector<HTMLElement>(`[data-task="${id}"] button`);
        if (row) row.focus({ preventScroll: true });
        else if (left-- > 0) requestAnimationFrame(look);
      };
      look();
    },
    [scroller],
  );
  useEffect(() => registerList(name, { order: () => latest.current.order, focus }), [name, focus]);

  // the card that had the focus is gone: the one in its place has it now
  useEffect(() => {
    if (at.current < 0 || stop === undefined || order.includes(stop)) return;
    const index = Math.min(at.current, order.length - 1);
    at.current = -1;
    if (index >= 0 && (document.activeElement === document.body || document.activeElement === null))
      focus(index);
  }, [order, stop, focus]);

  return {
    stop,
    onFocus: (event: React.FocusEvent) => {
      const id = event.target.closest<HTMLElement>('[data-task]')?.dataset.task;
      if (!id) return;
      setStop(id);
      at.current = latest.current.order.indexOf(id);
    },
  };
}
