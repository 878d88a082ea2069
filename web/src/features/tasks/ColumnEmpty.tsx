/** A column without cards: why, and where to go on. */

import { Button } from '@mantine/core';
import { IconFilterOff, IconMoodSmile } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Bucket } from '@/shared/api/types';
import { type TaskFilters, tasksQuery } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import { Empty } from '@/shared/ui/Empty';
import { useCommonWords } from '@/shared/words/common';
import { BUCKETS } from './drop';
import { focusList } from './lists';
import { isNarrowed, withoutFilters } from './search';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

export function ColumnEmpty({ bucket, filters }: { bucket: Bucket; filters: TaskFilters }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const format = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const counts = useQuery(tasksQuery({ ...filters, limit: 1 })).data?.meta.buckets;
  const next = BUCKETS.slice(BUCKETS.indexOf(bucket) + 1).find((one) => (counts?.[one] ?? 0) > 0);
  if (isNarrowed({ ...search, bucket: undefined })) {
    return (
      <Empty
        icon={IconFilterOff}
        title={t('empty.filtered')}
        action={
          <Button
            variant="default"
            size="xs"
            onClick={() => void navigate({ search: (before) => withoutFilters(before) })}
          >
            {t('filter.clear')}
          </Button>
        }
      />
    );
  }
  return (
    <Empty
      icon={IconMoodSmile}
      title={t(`empty.column.${bucket}`)}
      action={
        next && (
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              focusList(next);
              void navigate({ search: (before) => (before.bucket ? { ...before, bucket: next } : before) });
            }}
          >
            {t('empty.go', { bucket: common(`bucket.${next}`) })}
          </Button>
        )
      }
    >
      {next && t('empty.next', { bucket: common(`bucket.${next}`), n: format.count(counts?.[next] ?? 0) })}
    </Empty>
  );
}
