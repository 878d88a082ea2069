/** Makes a task for one jamaah in a stage that they are in. What was typed stays until the server has it. */

import '@/shared/ui/modalStyles';

import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { JamaahDetail } from '@/shared/api/types';
import { takeTask } from '@/shared/entities/tasks';
import { useMe } from '@/shared/session/session';
import { toast } from '@/shared/ui/toast';
import { usePhone } from '@/shared/ui/widths';
import { useNewTaskWords } from '@/shared/words/newTask';
import { NewTaskForm } from './NewTaskForm';
import { bodyOf, type NewTaskValues } from './values';

export default function NewTaskDialog({ of, close }: { of: JamaahDetail | undefined; close: () => void }) {
  const { t } = useNewTaskWords();
  const navigate = useNavigate();
  const { timezone } = useMe().tenant;
  const fullScreen = usePhone();
  const save = useMutation({
    mutationFn: (values: NewTaskValues) =>
      ask(api.POST('/api/v1/pipeline/tasks', { body: bodyOf(values, timezone) })),
    onSuccess: ({ data }) => {
      close();
      takeTask(data, timezone);
      toast.success({
        title: t('done', { title: data.title }),
        action: {
          label: t('look'),
          run: () => void navigate({ to: '/dashboard/pipeline/tasks', search: { task: data.id } }),
        },
      });
      return queryClient.invalidateQueries({ queryKey: ['jamaah-page', data.jamaah_id] });
    },
  });
  return (
    <Modal opened onClose={close} title={t('title')} size="lg" fullScreen={fullScreen}>
      <NewTaskForm
        of={of}
        error={save.error}
        saving={save.isPending}
        cancel={close}
        submit={(values, forget) => save.mutate(values, { onSuccess: forget })}
      />
    </Modal>
  );
}
