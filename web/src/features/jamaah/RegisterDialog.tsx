/** Registers somebody. What was typed stays until the server has it. */

import '@/shared/ui/modalStyles';

import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, ask } from '@/shared/api/client';
import { toast } from '@/shared/ui/toast';
import { usePhone } from '@/shared/ui/widths';
import { bodyOf, JamaahForm, NOBODY } from './JamaahForm';
import { useJamaahWords } from './words';

export default function RegisterDialog({ close }: { close: () => void }) {
  const { t } = useJamaahWords();
  const navigate = useNavigate();
  const fullScreen = usePhone();
  const save = useMutation({
    mutationFn: (values: typeof NOBODY) =>
      ask(
        api.POST('/api/v1/pipeline/jamaah', {
          body: { ...bodyOf(values), departure_id: values.departure_id },
        }),
      ),
    onSuccess: ({ data }) => {
      close();
      toast.success({
        title: t('register.done', { name: data.name }),
        action: {
          label: t('register.look'),
          run: () => void navigate({ to: '/dashboard/pipeline/jamaah/$id', params: { id: data.id } }),
        },
      });
    },
  });
  return (
    <Modal opened onClose={close} title={t('register.title')} size="lg" fullScreen={fullScreen}>
      <JamaahForm
        draft="new"
        initial={NOBODY}
        error={save.error}
        saving={save.isPending}
        cancel={close}
        submit={(values, forget) => save.mutate(values, { onSuccess: forget })}
      />
    </Modal>
  );
}
