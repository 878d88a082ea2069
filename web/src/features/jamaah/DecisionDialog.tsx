/** A manager's decision about somebody's way: with a reason, about the version that was looked at. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Modal, NativeSelect, Textarea } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { JamaahDetail } from '@/shared/api/types';
import { useStageName } from '@/shared/entities/stages';
import { FormFoot } from '@/shared/ui/FormFoot';
import form from '@/shared/ui/form.module.css';
import { toast } from '@/shared/ui/toast';
import { useDraftForm } from '@/shared/ui/useDraftForm';
import { usePhone } from '@/shared/ui/widths';
import { useListWords } from '@/shared/words/lists';
import css from './page.module.css';
import { useJamaahWords } from './words';

export type Decision = 'advance' | 'move' | 'hold' | 'resume' | 'cancel';

interface Values {
  reason: string;
  stage_id: string;
}

function send(kind: Decision, { id, status }: JamaahDetail, { reason, stage_id }: Values) {
  const params = { path: { id } };
  const version = status.version;
  switch (kind) {
    case 'advance':
      return ask(
        api.POST('/api/v1/pipeline/jamaah/{id}/advance', { params, body: { reason, stage_id, version } }),
      );
    case 'move':
      return ask(
        api.POST('/api/v1/pipeline/jamaah/{id}/move', { params, body: { reason, stage_id, version } }),
      );
    case 'hold':
      return ask(api.POST('/api/v1/pipeline/jamaah/{id}/hold', { params, body: { reason, version } }));
    case 'cancel':
      return ask(api.POST('/api/v1/pipeline/jamaah/{id}/cancel', { params, body: { reason, version } }));
    case 'resume':
      return ask(api.POST('/api/v1/pipeline/jamaah/{id}/resume', { params, body: { version } }));
  }
}

export default function DecisionDialog({
  kind,
  of,
  close,
}: {
  kind: Decision;
  of: JamaahDetail;
  close: () => void;
}) {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const stageName = useStageName();
  const fullScreen = usePhone();
  const reload = () => queryClient.invalidateQueries({ queryKey: ['jamaah-page', of.id] });
  const decide = useMutation({
    mutationFn: (values: Values) => send(kind, of, values),
    onSuccess: () => {
      forget();
      close();
      toast.success({ title: t(`decide.${kind}.done`, { name: of.name }) });
    },
    // after a conflict the next attempt is about what stands there now
    onSettled: reload,
  });
  const candidates = of.path.filter(({ state }) => (kind === 'advance' ? state === 'active' : true));
  const needsReason = kind !== 'resume';
  const needsStage = kind === 'advance' || kind === 'move';
  const { form: fields, forget } = useDraftForm<Values>({
    draft: `decision:${kind}:${of.id}`,
    initial: { reason: '', stage_id: candidates[0]?.stage_id ?? '' },
    error: decide.error,
    complaint: (field) => (field === 'reason' ? lists('reason_needed') : undefined),
    validate: ({ reason }) => ({ reason: needsReason && !reason.trim() ? lists('reason_needed') : null }),
  });
  const leave = () => {
    forget();
    close();
  };
  return (
    <Modal
      opened
      onClose={close}
      title={t(`decide.${kind}.title`, { name: of.name })}
      fullScreen={fullScreen}
    >
      <form className={form.form} noValidate onSubmit={fields.onSubmit((values) => decide.mutate(values))}>
        <p className={css.explain}>{t(`decide.${kind}.text`)}</p>
        {needsStage && (
          <NativeSelect
            className={form.wide}
            label={t(`decide.${kind}.stage`)}
            data={candidates.map((one) => ({
              value: one.stage_id,
              label: `${one.position}. ${stageName({ name: one.stage_name, name_en: one.stage_name_en })}`,
            }))}
            {...fields.getInputProps('stage_id')}
          />
        )}
        {needsReason && (
          <Textarea
            className={form.wide}
            label={lists('reason')}
            required
            autosize
            minRows={2}
            data-autofocus
            {...fields.getInputProps('reason')}
          />
        )}
        <FormFoot
          what={t(`decide.${kind}.open`)}
          save={t(`decide.${kind}.open`)}
          saving={decide.isPending}
          error={decide.error}
          cancel={leave}
        />
      </form>
    </Modal>
  );
}
