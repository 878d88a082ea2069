/** To whom: people of the tasks' role first, found by typing. */

import { Button, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { peopleQuery } from '@/shared/entities/people';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useCommonWords } from '@/shared/words/common';
import { useActions } from './actions';
import { useBulkRun } from './bulkRun';
import { cardOf } from './commands';
import { closeQuestion } from './dialogs';
import { About } from './Questions';
import css from './questions.module.css';
import { useTasksWords } from './words';

/** In a select an empty value is no value. */
const NOBODY = 'nobody';

export function AssignQuestion({ ids }: { ids: string[] }) {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const roleName = useRoleName();
  const { run } = useActions();
  const bulk = useBulkRun();
  const people = useQuery(peopleQuery).data ?? [];
  const tasks = ids.map(cardOf).filter((task) => task !== undefined);
  const roles = new Set(tasks.map(({ role }) => role));
  const [who, setWho] = useState<string | null>(tasks.length === 1 ? (tasks[0]?.assignee ?? null) : null);
  const active = people.filter(({ active }) => active);
  const fits = active.filter((person) => person.roles.some((role) => roles.has(role)));
  const others = active.filter((person) => !fits.includes(person));
  const options = (of: typeof people) => of.map(({ id, name }) => ({ value: id, label: name }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (who === null) return;
    closeQuestion();
    const assignee = who === NOBODY ? null : who;
    if (ids.length === 1) void run(ids[0] ?? '', { action: 'assign', assignee });
    else bulk(ids, { action: 'assign', assignee });
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <About ids={ids} />
      <Select
        label={t('assign.who')}
        placeholder={t('assign.search')}
        searchable
        data-autofocus
        data={[
          ...(fits.length > 0 ? [{ group: [...roles].map(roleName).join(', '), items: options(fits) }] : []),
          ...(others.length > 0 ? [{ group: t('assign.others'), items: options(others) }] : []),
          { value: NOBODY, label: t('assign.nobody') },
        ]}
        value={who}
        onChange={(value: string | null) => setWho(value)}
      />
      <div className={css.foot}>
        <Button variant="default" onClick={closeQuestion}>
          {common('action.cancel')}
        </Button>
        <Button type="submit" disabled={who === null}>
          {t('assign.submit')}
        </Button>
      </div>
    </form>
  );
}
