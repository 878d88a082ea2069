/** Why a task cannot go on. What was typed for one that was refused is offered again. */

import { Button, Checkbox, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useCommonWords } from '@/shared/words/common';
import { useActions } from './actions';
import { useBulkRun } from './bulkRun';
import type { Command } from './command';
import { closeQuestion } from './dialogs';
import { draftReason, forgetDraft } from './drafts';
import { About } from './Questions';
import css from './questions.module.css';
import { useTasksWords } from './words';

const LONGEST = 2000;

export function BlockQuestion({ ids }: { ids: string[] }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const { run } = useActions();
  const bulk = useBulkRun();
  const [only] = ids.length === 1 ? ids : [];
  const [reason, setReason] = useState(() => (only ? draftReason(only) : ''));
  const [third_party, setThirdParty] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() === '') return;
    const command: Command = { action: 'block', reason: reason.trim(), third_party };
    closeQuestion();
    if (only) void run(only, command).then((done) => done && forgetDraft(only));
    else bulk(ids, command);
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <About ids={ids} />
      <Textarea
        label={t('block.reason')}
        description={t('block.reason_hint')}
        required
        withAsterisk={false}
        maxLength={LONGEST}
        rows={2}
        value={reason}
        data-autofocus
        onChange={(event) => setReason(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }
        }}
      />
      <Checkbox
        label={t('block.third_party')}
        description={t('block.third_party_hint')}
        checked={third_party}
        onChange={(event) => setThirdParty(event.currentTarget.checked)}
      />
      <div className={css.foot}>
        <Button variant="default" onClick={closeQuestion}>
          {common('action.cancel')}
        </Button>
        <Button type="submit">
          {only ? t('block.submit') : t('block.submit_many', { count: ids.length })}
        </Button>
      </div>
    </form>
  );
}
