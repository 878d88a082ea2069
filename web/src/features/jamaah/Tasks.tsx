/** Somebody's tasks, the open ones first. What takes more than a press is done in the drawer of the board. */

import { IconCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { JamaahDetail, TaskCard } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useStageOfTask } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useCanWrite } from '@/shared/live/status';
import { NewTaskButton } from '@/shared/newTask/NewTaskButton';
import { useMay, useMe } from '@/shared/session/session';
import { Action } from '@/shared/ui/Action';
import { Due } from '@/shared/ui/Due';
import { Initials, shortName } from '@/shared/ui/Initials';
import { Section } from '@/shared/ui/Section';
import { toast } from '@/shared/ui/toast';
import { FlagBadge, PriorityIcon } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import css from './page.module.css';
import { useJamaahWords } from './words';

const isOpen = ({ status }: TaskCard) => status !== 'completed' && status !== 'cancelled';
const byDue = (a: TaskCard, b: TaskCard) => (a.due_at ?? '9').localeCompare(b.due_at ?? '9');

export function Tasks({ of }: { of: JamaahDetail }) {
  const { t } = useJamaahWords();
  const [all, setAll] = useState(false);
  const open = of.tasks.filter(isOpen).sort(byDue);
  const closed = of.tasks.filter((task) => !isOpen(task));
  const next = of.path.find(({ state }) => state === 'waiting');
  return (
    <Section
      title={t('tasks.title')}
      aside={t('tasks.aside', { open: open.length, closed: closed.length })}
      actions={
        <>
          {closed.length > 0 && (
            <button type="button" className={css.textButton} aria-expanded={all} onClick={() => setAll(!all)}>
              {t(all ? 'tasks.hide' : 'tasks.show')}
            </button>
          )}
          {!of.archived && <NewTaskButton of={of} variant="default" />}
        </>
      }
      skeleton={null}
    >
      <ul className={css.tasks}>
        {open.map((task) => (
          <OpenTask key={task.id} task={task} />
        ))}
        {open.length === 0 && <li className={css.noTasks}>{t(next ? 'tasks.none' : 'tasks.all_done')}</li>}
        {all && closed.map((task) => <ClosedTask key={task.id} task={task} />)}
      </ul>
    </Section>
  );
}

function OpenTask({ task }: { task: TaskCard }) {
  const { t } = useJamaahWords();
  const nameOf = useNameOf();
  const stageOf = useStageOfTask();
  const errorWords = useErrorWords();
  const { t: common } = useCommonWords();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['jamaah-page', task.jamaah_id] });
  const params = { path: { id: task.id } };
  const reopen = useMutation({
    mutationFn: (version: number) =>
      ask(api.POST('/api/v1/pipeline/tasks/{id}/reopen', { params, body: { version } })),
    onError: (error) => toast.error({ title: task.title, text: errorWords(error) }),
    onSettled: reload,
  });
  const complete = useMutation({
    mutationFn: () =>
      ask(api.POST('/api/v1/pipeline/tasks/{id}/complete', { params, body: { version: task.version } })),
    onSuccess: ({ data }) =>
      toast.success({
        title: t('tasks.completed', { title: task.title }),
        action: { label: common('action.undo'), run: () => reopen.mutate(data.version) },
      }),
    onError: (error) => toast.error({ title: task.title, text: errorWords(error) }),
    onSettled: reload,
  });
  const refusal = useTaskRefusal(task);
  const assignee = nameOf(task.assignee);
  return (
    <li className={css.task} data-pending={complete.isPending || undefined}>
      <span className={css.taskTitle}>
        <Link to="/dashboard/pipeline/tasks" search={{ task: task.id }}>
          {task.title}
        </Link>
        <PriorityIcon priority={task.priority} />
      </span>
      <span className={css.taskStage}>{stageOf(task)}</span>
      <span className={css.taskDue}>
        {task.status === 'blocked' ? (
          <span className={css.blocked} title={task.blocked_reason ?? ''}>
            <FlagBadge flag="blocked" /> <span>{task.blocked_reason}</span>
          </span>
        ) : (
          <Due at={task.due_at} />
        )}
      </span>
      <span className={css.taskWho}>
        {assignee ? (
          <>
            <Initials name={assignee} /> <span aria-hidden>{shortName(assignee)}</span>
          </>
        ) : (
          t('tasks.unassigned')
        )}
      </span>
      <Action
        variant="default"
        refusal={refusal}
        loading={complete.isPending}
        leftSection={<IconCheck size={16} stroke={1.8} aria-hidden />}
        aria-label={t('tasks.complete', { title: task.title })}
        onClick={() => complete.mutate()}
      >
        {t('tasks.done')}
      </Action>
    </li>
  );
}

/** Why this task cannot be completed now by whoever looks at it. */
function useTaskRefusal(task: TaskCard): string | undefined {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const may = useMay();
  const me = useMe();
  const canWrite = useCanWrite();
  if (
    !may('tasks.work_all', task.stage_id) &&
    !(may('tasks.complete', task.stage_id) && me.roles.includes(task.role))
  )
    return lists('forbidden');
  if (task.status === 'blocked') return t('tasks.unblock_first');
  return canWrite ? undefined : lists('not_now');
}

function ClosedTask({ task }: { task: TaskCard }) {
  const { t: common } = useCommonWords();
  const format = useFormats();
  const stageOf = useStageOfTask();
  return (
    <li className={css.task} data-closed>
      <span className={css.taskTitle}>{task.title}</span>
      <span className={css.taskStage}>{stageOf(task)}</span>
      <span className={css.taskDue}>
        {common(`task_status.${task.status}`)}
        {task.completed_at && ` ${format.day(task.completed_at)}`}
      </span>
    </li>
  );
}
