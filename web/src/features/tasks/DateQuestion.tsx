/** The new due day of a card that was dropped on a column of days. */

import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { dayOfDue, endOfDay } from '@/shared/format/days';
import { useMe } from '@/shared/session/session';
import { useCommonWords } from '@/shared/words/common';
import { useActions } from './actions';
import { cardOf } from './commands';
import { closeQuestion, type Question } from './dialogs';
import { daysOf } from './drop';
import { runDrop } from './dropping';
import { About } from './Questions';
import css from './questions.module.css';
import { useTasksWords } from './words';

export function DateQuestion({ id, to, drop }: Extract<Question, { kind: 'date' }>) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const { timezone } = useMe().tenant;
  const { run } = useActions();
  const days = daysOf(to, new Date(), timezone);
  const [day, setDay] = useState(() => {
    const due = cardOf(id)?.due_at;
    const before = due ? dayOfDue(due, timezone) : '';
    return before >= days.from && (!days.to || before <= days.to) ? before : days.from;
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    closeQuestion();
    void runDrop(run, id, drop, {
      action: 'update',
      changes: { due_at: endOfDay(day, timezone), ...(drop.priority ? { priority: drop.priority } : {}) },
    });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <About ids={[id]} />
      <TextInput
        type="date"
        label={t('date.day')}
        required
        withAsterisk={false}
        min={days.from}
        max={days.to}
        value={day}
        data-autofocus
        onChange={(event) => setDay(event.currentTarget.value)}
      />
      {drop.priority && <p>{t('date.priority')}</p>}
      {drop.first.length > 0 && <p>{t('date.unblock')}</p>}
      <div className={css.foot}>
        <Button variant="default" onClick={closeQuestion}>
          {common('action.cancel')}
        </Button>
        <Button type="submit">{t('date.submit')}</Button>
      </div>
    </form>
  );
}
