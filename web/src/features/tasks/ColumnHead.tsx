/** The name of a column, how many cards it has, and what can be done with all of them. */

import { ActionIcon, Menu } from '@mantine/core';
import { IconChevronsLeft, IconDots, IconListCheck, IconTable } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import type { Bucket } from '@/shared/api/types';
import type { TaskFilters } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import { Bone } from '@/shared/ui/Late';
import { BucketIcon } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import css from './board.module.css';
import { useCollect } from './collect';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

export function ColumnHead({
  bucket,
  total,
  filters,
  onFold,
}: {
  bucket: Bucket;
  total: number | undefined;
  filters: TaskFilters;
  onFold: (() => void) | undefined;
}) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const format = useFormats();
  const navigate = route.useNavigate();
  const collect = useCollect();
  const name = common(`bucket.${bucket}`);
  return (
    <header className={css.head}>
      <BucketIcon bucket={bucket} />
      <h2 className={css.name}>{name}</h2>
      <span className={css.count}>
        {total === undefined ? <Bone width={24} height={10} /> : format.count(total)}
      </span>
      <Menu position="bottom-end" width={220} shadow="md">
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={28}
            className={css.menu}
            aria-label={t('column.menu', { name })}
          >
            <IconDots size={16} stroke={1.8} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconTable size={16} stroke={1.8} aria-hidden />}
            onClick={() =>
              void navigate({ search: (before) => ({ ...before, view: 'table', bucket, page: undefined }) })
            }
          >
            {t('column.as_table')}
          </Menu.Item>
          {total !== undefined && total > 0 && (
            <Menu.Item
              leftSection={<IconListCheck size={16} stroke={1.8} aria-hidden />}
              onClick={() => void collect({ ...filters, bucket })}
            >
              {t('column.select', { n: format.count(total) })}
            </Menu.Item>
          )}
          {onFold && (
            <Menu.Item leftSection={<IconChevronsLeft size={16} stroke={1.8} aria-hidden />} onClick={onFold}>
              {t('column.fold')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </header>
  );
}
