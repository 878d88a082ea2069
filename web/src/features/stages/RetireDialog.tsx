/** Retires a stage, after saying what becomes of those who are in it. */

import { Button, Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { stagesQuery } from '@/shared/api/snapshots';
import type { StageReport } from '@/shared/api/types';
import { useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import css from './stages.module.css';
import { useStageWords } from './words';

export function RetireDialog({
  of,
  opened,
  close,
  retired,
}: {
  of: StageReport;
  opened: boolean;
  close: () => void;
  retired: () => void;
}) {
  const { t } = useStageWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  const errorWords = useErrorWords();
  const name = useStageName()(of);
  const retire = useMutation({
    mutationFn: () =>
      ask(
        api.DELETE('/api/v1/pipeline/stages/{id}', {
          params: { path: { id: of.id }, header: { 'If-Match': `"${of.version}"` } },
        }),
      ),
    onSuccess: () => {
      toast.success({ title: t('retire.done', { name }) });
      close();
      retired();
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: stagesQuery.queryKey });
      void queryClient.invalidateQueries({ queryKey: ['stages-apply'] });
    },
  });
  return (
    <Modal opened={opened} onClose={close} title={t('retire.title', { name })}>
      <p className={css.explain}>{t('retire.text', { count: of.people, people: format.count(of.people) })}</p>
      {retire.error && (
        <p className={css.failed} role="alert">
          {errorWords(retire.error)}
        </p>
      )}
      <div className={css.buttons}>
        <Button variant="default" onClick={close}>
          {lists('cancel')}
        </Button>
        <Button loading={retire.isPending} onClick={() => retire.mutate()}>
          {t('retire.open')}
        </Button>
      </div>
    </Modal>
  );
}
