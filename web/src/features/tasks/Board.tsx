/** The board: a column for each bucket, beside one another; on phones one at a time. */

import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { useLocalStorage } from '@mantine/hooks';
import { IconChevronsRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Bucket } from '@/shared/api/types';
import { type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import { BucketIcon } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import css from './board.module.css';
import { Column } from './Column';
import { ColumnDrop } from './ColumnDrop';
import { BUCKETS } from './drop';
import { bucketOnPhone, bucketsOf } from './search';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

export function Board({ filters, touch }: { filters: TaskFilters; touch: boolean }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const format = useFormats();
  const buckets = bucketsOf(route.useSearch());
  const [laterOpen, setLaterOpen] = useLocalStorage({
    key: 'lajur.later',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const counts = useQuery(tasksQuery({ ...filters, limit: 1 })).data?.meta.buckets;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    // to the columns that a narrow screen has no room for
    return element ? autoScrollForElements({ element }) : undefined;
  }, []);
  const folds = (bucket: Bucket) => bucket === 'later' && buckets.length > 1;
  return (
    <div className={css.board} ref={place}>
      {buckets.map((bucket) =>
        folds(bucket) && !laterOpen ? (
          <div key={bucket} className={css.foldedPlace}>
            <button
              type="button"
              className={css.folded}
              aria-expanded={false}
              aria-description={t('column.unfold')}
              data-tip={t('column.unfold')}
              onClick={() => setLaterOpen(true)}
            >
              <IconChevronsRight size={16} stroke={1.8} aria-hidden />
              <BucketIcon bucket={bucket} />
              <span className={css.foldedName}>{common(`bucket.${bucket}`)}</span>{' '}
              {counts && <span className={css.count}>{format.count(counts[bucket])}</span>}
            </button>
            <ColumnDrop bucket={bucket} />
          </div>
        ) : (
          <Column
            key={bucket}
            bucket={bucket}
            filters={filters}
            touch={touch}
            {...(folds(bucket) ? { onFold: () => setLaterOpen(false) } : {})}
          />
        ),
      )}
    </div>
  );
}

/** On phones: the buckets as tabs with their counts, and the one that is chosen. */
export function PhoneBoard({ filters }: { filters: TaskFilters }) {
  const { t } = useTasksWords();
  const format = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const counts = useQuery(tasksQuery({ ...filters, limit: 1 })).data?.meta.buckets;
  const bucket = bucketOnPhone(search);
  return (
    <>
      <div className={css.phoneTabs} role="tablist" aria-label={t('filter.bucket')}>
        {BUCKETS.map((one) => (
          <button
            key={one}
            type="button"
            role="tab"
            aria-selected={one === bucket}
            aria-controls="phone-column"
            className={css.phoneTab}
            onClick={() => void navigate({ search: (before) => ({ ...before, bucket: one }), replace: true })}
          >
            <span>
              <BucketIcon bucket={one} size={18} />
              {counts ? format.count(counts[one]) : '–'}
            </span>
            {t(`short.${one}`)}
          </button>
        ))}
      </div>
      <div className={css.phoneColumn} id="phone-column" role="tabpanel" aria-label={t(`short.${bucket}`)}>
        <Column key={bucket} bucket={bucket} filters={filters} touch bare />
      </div>
    </>
  );
}
