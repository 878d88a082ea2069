/** What a task is, and what can be done with it. */

import {
  IconBan,
  IconCheck,
  IconHandStop,
  IconPencil,
  IconPlayerPlay,
  IconRotate,
  IconUserPlus,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { TaskCard } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useStageOfTask } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { Contact } from '@/shared/ui/Contact';
import { PriorityIcon, RiskBar } from '@/shared/vocabulary/badges';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useCommonWords } from '@/shared/words/common';
import { ActionButton } from './ActionButton';
import { useActions } from './actions';
import { fits } from './command';
import { askFor } from './dialogs';
import css from './drawer.module.css';
import { EditForm } from './EditForm';
import { BlockedBy, DepartureCode, Due } from './lines';
import { usePending } from './underway';
import { wanted } from './wanted';
import { useTasksWords } from './words';

export function TaskDetails({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const [editing, setEditing] = useState(() => wanted.part === 'edit');
  const pending = usePending(task.id);
  return (
    <section className={css.part} aria-label={t('drawer.details')}>
      <div className={css.person}>
        <Link to="/dashboard/pipeline/jamaah/$id" params={{ id: task.jamaah_id }} className={css.jamaah}>
          {task.jamaah_name}
        </Link>
        <DepartureCode task={task} />
        <span className={css.contact}>
          <Contact phone={task.jamaah_phone} name={task.jamaah_name} />
        </span>
      </div>
      {pending && (
        <p className={css.pending} role="status">
          {t(`saving.${pending}`)}
        </p>
      )}
      <Buttons task={task} onEdit={() => setEditing(true)} />
      {editing ? <EditForm task={task} onDone={() => setEditing(false)} /> : <Facts task={task} />}
    </section>
  );
}

function Buttons({ task, onEdit }: { task: TaskCard; onEdit: () => void }) {
  const { t } = useTasksWords();
  const { run } = useActions();
  const ids = [task.id];
  const may = (action: Parameters<typeof fits>[0]) => fits(action, task);
  const button = (
    action: Parameters<typeof fits>[0],
    icon: typeof IconCheck,
    label: string,
    go: () => void,
    look: 'filled' | 'outlined' = 'outlined',
  ) =>
    may(action) && (
      <ActionButton action={action} task={task} icon={icon} look={look} onClick={go}>
        {label}
      </ActionButton>
    );
  return (
    <div className={css.buttons}>
      {button(
        'complete',
        IconCheck,
        t('action.complete'),
        () => void run(task.id, { action: 'complete' }),
        'filled',
      )}
      {button(
        'unblock',
        IconCheck,
        t('action.unblock'),
        () => void run(task.id, { action: 'unblock' }),
        'filled',
      )}
      {button('reopen', IconRotate, t('action.reopen'), () => void run(task.id, { action: 'reopen' }))}
      {button('start', IconPlayerPlay, t('action.start'), () => void run(task.id, { action: 'start' }))}
      {button('block', IconHandStop, t('action.block'), () => askFor({ kind: 'block', ids }))}
      {button('assign', IconUserPlus, t('action.assign'), () => askFor({ kind: 'assign', ids }))}
      {button('update', IconPencil, t('action.edit'), onEdit)}
      {button('cancel', IconBan, t('action.cancel'), () => askFor({ kind: 'cancel', ids }))}
    </div>
  );
}

function Facts({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const format = useFormats();
  const nameOf = useNameOf();
  const stageOf = useStageOfTask();
  const roleName = useRoleName();
  const facts: [string, ReactNode][] = [
    [t('drawer.status'), common(`task_status.${task.status}`)],
    [t('drawer.due'), <Due key="due" task={task} />],
    [
      t('drawer.priority'),
      <span key="priority" className={css.inline}>
        <PriorityIcon priority={task.priority} />
        {common(`priority.${task.priority}`)}
      </span>,
    ],
    [t('drawer.assignee'), nameOf(task.assignee) ?? t('assign.nobody')],
    [t('drawer.role'), roleName(task.role)],
    [t('drawer.stage'), stageOf(task)],
    [
      t('drawer.ready'),
      <RiskBar key="risk" risk={task.departure_risk} probability={task.readiness_probability} />,
    ],
    [t('drawer.required'), t(task.required ? 'drawer.required_yes' : 'drawer.required_no')],
  ];
  if (task.completed_at) {
    const name = nameOf(task.completed_by) ?? t('history.program');
    facts.push([t('drawer.completed'), t('drawer.by', { time: format.ago(task.completed_at), name })]);
  }
  return (
    <>
      {task.status === 'blocked' && (
        <div className={css.blocked}>
          <BlockedBy task={task} />
          {task.blocked_by_third_party && <span>{t('drawer.third_party')}</span>}
        </div>
      )}
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <h3 className={css.heading}>{t('drawer.notes')}</h3>
      <p className={css.text}>{task.notes || t('drawer.no_notes')}</p>
    </>
  );
}
