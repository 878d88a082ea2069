/** What stands in for content that is on its way: nothing for a moment, then a skeleton in its shape. */

import type { ReactNode } from 'react';
import { useCommonWords } from '@/shared/words/common';
import css from './ui.module.css';

export function Late({ children }: { children: ReactNode }) {
  const { t } = useCommonWords();
  return (
    <div className={css.late} role="status" aria-label={t('loading')}>
      {children}
    </div>
  );
}

/** One grey block of a skeleton. */
export function Bone({ width = '100%', height = 12 }: { width?: number | string; height?: number }) {
  return <span className={css.bone} style={{ width, height }} aria-hidden />;
}
