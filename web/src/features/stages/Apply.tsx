/** Whom the newest version of the pipeline would move, and moving them: counted first, then asked. */

import '@/shared/ui/modalStyles';

import { Button, Modal } from '@mantine/core';
import { IconGitBranch } from '@tabler/icons-react';
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { stagesQuery } from '@/shared/api/snapshots';
import { useFormats } from '@/shared/format/formats';
import { useMay } from '@/shared/session/session';
import { Action, useRefusal } from '@/shared/ui/Action';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import css from './stages.module.css';
import { useStageWords } from './words';

const previewQuery = queryOptions({
  queryKey: ['stages-apply'],
  queryFn: async () =>
    (await ask(api.POST('/api/v1/pipeline/stages/apply', { body: { dry_run: true } }))).data,
});

export function Apply() {
  const { t } = useStageWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  const errorWords = useErrorWords();
  const may = useMay()('stages.write');
  const refusal = useRefusal('stages.write');
  const [asking, setAsking] = useState(false);
  const preview = useQuery({ ...previewQuery, enabled: may }).data;
  const apply = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/pipeline/stages/apply', { body: {} })),
    onSuccess: ({ data }) => {
      setAsking(false);
      toast.success({ title: t('apply.done', { count: data.jamaah, people: format.count(data.jamaah) }) });
      void queryClient.invalidateQueries({ queryKey: stagesQuery.queryKey });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: previewQuery.queryKey }),
  });
  if (!preview || preview.jamaah === 0) return null;
  const effects = (['passages_added', 'passages_skipped', 'tasks_created', 'tasks_cancelled'] as const).map(
    (what) => t(`apply.${what}`, { count: preview[what], amount: format.count(preview[what]) }),
  );
  const people = format.count(preview.jamaah);
  return (
    <section className={css.apply} aria-label={t('apply.title')}>
      <IconGitBranch size={18} stroke={1.8} aria-hidden />
      <div>
        <strong>{t('apply.older', { count: preview.jamaah, people })}</strong>
        <p>{effects.join(' · ')}</p>
      </div>
      <Action variant="default" refusal={refusal} onClick={() => setAsking(true)}>
        {t('apply.open', { count: preview.jamaah, people })}
      </Action>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('apply.title')}>
        <p className={css.explain}>{t('apply.text', { count: preview.jamaah, people })}</p>
        <ul className={css.effects}>
          {effects.map((effect) => (
            <li key={effect}>{effect}</li>
          ))}
        </ul>
        {apply.error && (
          <p className={css.failed} role="alert">
            {errorWords(apply.error)}
          </p>
        )}
        <div className={css.buttons}>
          <Button variant="default" onClick={() => setAsking(false)}>
            {lists('cancel')}
          </Button>
          <Button loading={apply.isPending} onClick={() => apply.mutate()}>
            {t('apply.open', { count: preview.jamaah, people })}
          </Button>
        </div>
      </Modal>
    </section>
  );
}
