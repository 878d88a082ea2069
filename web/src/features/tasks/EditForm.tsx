/** Changing a task: title, due day, priority, notes. What others change meanwhile is said, not overwritten. */

import { Button, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Priority, TaskCard, TaskChanges } from '@/shared/api/types';
import { dayOfDue, endOfDay } from '@/shared/format/days';
import { useMe } from '@/shared/session/session';
import { useCommonWords } from '@/shared/words/common';
import { useReason } from './ActionButton';
import { useActions } from './actions';
import css from './drawer.module.css';
import { PRIORITIES } from './filterChoices';
import { useTasksWords } from './words';

interface Fields {
  title: string;
  day: string;
  priority: Priority;
  notes: string;
}

const fieldsOf = (task: TaskCard, timezone: string): Fields => ({
  title: task.title,
  day: task.due_at ? dayOfDue(task.due_at, timezone) : '',
  priority: task.priority,
  notes: task.notes ?? '',
});

/** Only what was changed here. */
function changesOf(given: Fields, before: Fields, timezone: string): Omit<TaskChanges, 'version'> {
  return {
    ...(given.title.trim() === before.title ? {} : { title: given.title.trim() }),
    ...(given.day === before.day ? {} : { due_at: given.day ? endOfDay(given.day, timezone) : null }),
    ...(given.priority === before.priority ? {} : { priority: given.priority }),
    ...(given.notes.trim() === before.notes ? {} : { notes: given.notes.trim() || null }),
  };
}

export function EditForm({ task, onDone }: { task: TaskCard; onDone: () => void }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const { run } = useActions();
  const { timezone } = useMe().tenant;
  const reason = useReason()('update', task);
  const [begun, setBegun] = useState(task);
  const [given, setGiven] = useState(() => fieldsOf(task, timezone));
  const [saving, setSaving] = useState(false);
  const isOld = !saving && task.version > begun.version;
  const set = (key: keyof Fields) => (event: { currentTarget: { value: string } }) =>
    setGiven({ ...given, [key]: event.currentTarget.value });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    // others' changes have been seen and are kept, except where something else was typed
    const before = fieldsOf(begun, timezone);
    const changes = changesOf(given, before, timezone);
    if (Object.keys(changes).length === 0) return onDone();
    setSaving(true);
    const saved = await run(task.id, { action: 'update', changes });
    setSaving(false);
    if (saved) onDone();
    else setBegun(task);
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)} aria-label={t('action.edit')}>
      {isOld && (
        <p role="status" className={css.pending}>
          {t('edit.newer')}
        </p>
      )}
      <TextInput
        label={t('edit.title')}
        required
        withAsterisk={false}
        maxLength={200}
        value={given.title}
        autoFocus
        onChange={set('title')}
      />
      <div className={css.pair}>
        <TextInput type="date" label={t('edit.due')} value={given.day} onChange={set('day')} />
        <label className={css.select}>
          {t('edit.priority')}
          <select value={given.priority} onChange={set('priority')}>
            {PRIORITIES.map((one) => (
              <option key={one} value={one}>
                {common(`priority.${one}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Textarea
        label={t('edit.notes')}
        rows={3}
        maxLength={2000}
        value={given.notes}
        onChange={set('notes')}
      />
      <div className={css.foot}>
        <Button variant="default" onClick={onDone}>
          {common('action.cancel')}
        </Button>
        <Button type="submit" loading={saving} disabled={Boolean(reason)}>
          {t('edit.submit')}
        </Button>
      </div>
    </form>
  );
}
