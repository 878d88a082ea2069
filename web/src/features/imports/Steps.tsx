/** Where one is on the way of a file. */

import { IconCheck, IconInfoCircle } from '@tabler/icons-react';
import css from './imports.module.css';
import { useImportWords } from './words';

const STEPS = ['file', 'review', 'import'] as const;

export function Steps({ at }: { at: number }) {
  const { t } = useImportWords();
  return (
    <div className={css.top}>
      <ol className={css.steps}>
        {STEPS.map((step, index) => {
          const number = index + 1;
          const state = number < at ? 'done' : number === at ? 'now' : 'next';
          return (
            <li key={step} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
              <span className={css.stepMark}>
                {state === 'done' ? <IconCheck size={14} stroke={2.2} aria-hidden /> : number}
              </span>
              {t(`step.${step}`)}
            </li>
          );
        })}
      </ol>
      {at < 3 && (
        <p className={css.note}>
          <IconInfoCircle size={14} stroke={1.8} aria-hidden />
          {t('trial')}
        </p>
      )}
    </div>
  );
}
