/** "+ Tugas": a button for whoever may make tasks; the dialog is loaded when it is pressed. */

import { IconPlus } from '@tabler/icons-react';
import { lazy, useState } from 'react';
import type { JamaahDetail } from '@/shared/api/types';
import { useMay } from '@/shared/session/session';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Optional } from '@/shared/ui/Optional';
import { useNewTaskWords } from '@/shared/words/newTask';

const NewTaskDialog = lazy(() => import('./NewTaskDialog'));

export function NewTaskButton({
  of,
  variant = 'filled',
  compact = false,
}: {
  /** For whom; they are chosen in the dialog otherwise. */
  of?: JamaahDetail;
  variant?: 'filled' | 'default';
  /** The plus alone, as wide as a finger. */
  compact?: boolean;
}) {
  const { t } = useNewTaskWords();
  const may = useMay();
  const refusal = useRefusal('tasks.create');
  const [opened, setOpened] = useState(false);
  // most people never make one: to them it would only be a button that refuses
  if (!may('tasks.create')) return null;
  const plus = <IconPlus size={compact ? 20 : 16} stroke={1.8} aria-hidden />;
  return (
    <>
      <Action
        variant={variant}
        refusal={refusal}
        aria-label={t('open_label')}
        onClick={() => setOpened(true)}
        {...(compact ? { w: 44, h: 44, p: 0 } : { leftSection: plus, h: 32 })}
      >
        {compact ? plus : t('open')}
      </Action>
      <Optional>{opened && <NewTaskDialog of={of} close={() => setOpened(false)} />}</Optional>
    </>
  );
}
