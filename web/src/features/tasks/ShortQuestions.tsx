/** Questions with little to fill in: a priority, a reason for cancelling, "really all of them?". */

import { Button, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { Priority } from '@/shared/api/types';
import { PriorityIcon } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import { useActions } from './actions';
import { useBulkRun } from './bulkRun';
import type { Command } from './command';
import { cardOf } from './commands';
import { closeQuestion, type Question } from './dialogs';
import { PRIORITIES } from './filterChoices';
import { About } from './Questions';
import css from './questions.module.css';
import { useTasksWords } from './words';

/** For one task or for many. */
function useRunAll(): (ids: string[], command: Command) => void {
  const { run } = useActions();
  const bulk = useBulkRun();
  return (ids, command) => {
    closeQuestion();
    if (ids.length === 1) void run(ids[0] ?? '', command);
    else bulk(ids, command);
  };
}

export function PriorityQuestion({ ids }: { ids: string[] }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const runAll = useRunAll();
  const [priority, setPriority] = useState<Priority>(
    (ids.length === 1 && cardOf(ids[0] ?? '')?.priority) || 'normal',
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    runAll(ids, { action: 'update', changes: { priority } });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <About ids={ids} />
      <fieldset className={css.choices} aria-label={t('priority.title')}>
        {PRIORITIES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="priority"
              value={one}
              checked={one === priority}
              data-autofocus={one === priority || undefined}
              onChange={() => setPriority(one)}
            />
            {common(`priority.${one}`)}
            <span aria-hidden>
              <PriorityIcon priority={one} />
            </span>
          </label>
        ))}
      </fieldset>
      <div className={css.foot}>
        <Button variant="default" onClick={closeQuestion}>
          {common('action.cancel')}
        </Button>
        <Button type="submit">{t('priority.submit')}</Button>
      </div>
    </form>
  );
}

export function CancelQuestion({ ids }: { ids: string[] }) {
  const { t } = useTasksWords();
  const runAll = useRunAll();
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    runAll(ids, { action: 'cancel', ...(reason.trim() ? { reason: reason.trim() } : {}) });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <About ids={ids} />
      <p>{t('cancel.text')}</p>
      <Textarea
        label={t('cancel.reason')}
        rows={2}
        value={reason}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <div className={css.foot}>
        <Button variant="default" onClick={closeQuestion}>
          {t('cancel.keep')}
        </Button>
        <Button type="submit" color="red">
          {t('cancel.submit')}
        </Button>
      </div>
    </form>
  );
}

export function ConfirmQuestion({ what, count, go }: Extract<Question, { kind: 'confirm' }>) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    closeQuestion();
    go();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <p>{t('bulk.confirm_text', { count })}</p>
      <div className={css.foot}>
        <Button variant="default" onClick={closeQuestion}>
          {common('action.cancel')}
        </Button>
        <Button type="submit" data-autofocus>
          {t('bulk.confirm_submit', { what, count })}
        </Button>
      </div>
    </form>
  );
}
