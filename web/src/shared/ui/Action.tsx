/**
 * A button for what may be forbidden at the moment: it stays where it is and says why. `useRefusal` knows the
 * reasons that hold everywhere; a page adds its own.
 */

import { Button, type ButtonProps } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Permission } from '@/shared/api/types';
import { useCanWrite } from '@/shared/live/status';
import { useMay } from '@/shared/session/session';
import { useListWords } from '@/shared/words/lists';
import css from './action.module.css';

/** Why the signed-in person cannot do now what needs a permission; `undefined` when they can. */
export function useRefusal(permission: Permission): string | undefined {
  const { t } = useListWords();
  const may = useMay();
  const canWrite = useCanWrite();
  if (!may(permission)) return t('forbidden');
  return canWrite ? undefined : t('not_now');
}

interface Props extends ButtonProps {
  refusal: string | undefined;
  onClick: () => void;
  children: ReactNode;
  'aria-label'?: string;
}

export function Action({ refusal, onClick, children, ...button }: Props) {
  if (!refusal) {
    return (
      <Button {...button} onClick={onClick}>
        {children}
      </Button>
    );
  }
  return (
    <Button
      {...button}
      variant="default"
      className={css.refused}
      aria-disabled
      aria-description={refusal}
      data-tip={refusal}
    >
      {children}
    </Button>
  );
}
