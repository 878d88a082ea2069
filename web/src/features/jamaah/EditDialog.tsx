/** Corrects somebody's data. Only what was changed is sent, so that it fits beside what a colleague changed. */

import '@/shared/ui/modalStyles';

import { Modal } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import type { Jamaah, JamaahDetail } from '@/shared/api/types';
import { toast } from '@/shared/ui/toast';
import { differences } from '@/shared/ui/useDraftForm';
import { usePhone } from '@/shared/ui/widths';
import { bodyOf, JamaahForm, type JamaahValues, valuesOf } from './JamaahForm';
import { useJamaahWords } from './words';

export default function EditDialog({ of, close }: { of: JamaahDetail; close: () => void }) {
  const { t } = useJamaahWords();
  const fullScreen = usePhone();
  // as it was when the dialog opened: what differs from it was typed here
  const [initial] = useState(() => valuesOf(of));
  // after a conflict the next attempt is about what stands there now
  const [version, setVersion] = useState(of.version);
  const save = useMutation({
    mutationFn: (values: JamaahValues) => {
      const changed = differences(
        { ...bodyOf(initial), departure_id: initial.departure_id },
        { ...bodyOf(values), departure_id: values.departure_id },
      );
      return ask(
        api.PUT('/api/v1/pipeline/jamaah/{id}', {
          params: { path: { id: of.id } },
          body: { ...changed, version },
        }),
      );
    },
    onError: (error) => {
      const current = error instanceof ApiError ? error.current<Jamaah>() : undefined;
      if (current) setVersion(current.version);
    },
    onSuccess: ({ data }) => {
      close();
      toast.success({ title: t('edit.done', { name: data.name }) });
      return queryClient.invalidateQueries({ queryKey: ['jamaah-page', of.id] });
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={t('edit.title', { name: of.name })}
      size="lg"
      fullScreen={fullScreen}
    >
      <JamaahForm
        draft={of.id}
        initial={initial}
        error={save.error}
        saving={save.isPending}
        cancel={close}
        submit={(values, forget) => save.mutate(values, { onSuccess: forget })}
      />
    </Modal>
  );
}
