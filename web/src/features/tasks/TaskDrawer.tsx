/** All about one task, over the board: what it is, what can be done, what people said, what happened. */

import '@/shared/ui/modalStyles';

import { Drawer } from '@mantine/core';
import { IconClipboardOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { ApiError } from '@/shared/api/errors';
import { taskQuery } from '@/shared/entities/tasks';
import { Empty } from '@/shared/ui/Empty';
import { Failure } from '@/shared/ui/Failure';
import { Bone, Late } from '@/shared/ui/Late';
import { usePhone } from '@/shared/ui/widths';
import { useCommonWords } from '@/shared/words/common';
import { Comments } from './Comments';
import css from './drawer.module.css';
import { History } from './History';
import { TaskDetails } from './TaskDetails';
import { wanted } from './wanted';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

export default function TaskDrawer({ id }: { id: string }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const navigate = route.useNavigate();
  const phone = usePhone();
  const { data: task, error, refetch } = useQuery({ ...taskQuery(id), staleTime: Number.POSITIVE_INFINITY });
  // each part has read it when it was drawn first
  useEffect(() => {
    if (task) wanted.part = undefined;
  }, [task]);
  const close = () => {
    void navigate({ search: (before) => ({ ...before, task: undefined }), resetScroll: false });
    // the focus goes back to the card that it was opened from
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-task="${id}"] [data-title]`)?.focus(),
    );
  };
  const gone = error instanceof ApiError && error.status === 404;
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size={phone ? '100%' : 440}
      padding={16}
      title={task?.title ?? t('drawer.label')}
      closeButtonProps={{ 'aria-label': common('action.close') }}
      transitionProps={{ duration: 200 }}
      overlayProps={{ backgroundOpacity: 0.25 }}
      classNames={{ title: css.title ?? '' }}
    >
      {task ? (
        <div className={css.body}>
          <TaskDetails task={task} />
          <Comments task={task} />
          <History task={task} />
        </div>
      ) : gone ? (
        <Empty icon={IconClipboardOff} title={t('drawer.gone')} />
      ) : error ? (
        <Failure what={t('drawer.label')} error={error} retry={() => void refetch()} />
      ) : (
        <Late>
          <div className={css.body}>
            <Bone width="70%" />
            <Bone width="50%" />
            <Bone height={120} />
          </div>
        </Late>
      )}
    </Drawer>
  );
}
