/** A number's formula in words, behind a small icon that the keyboard reaches too. */

import { IconHelpCircle } from '@tabler/icons-react';
import { useCommonWords } from '@/shared/words/common';
import css from './ui.module.css';

export function Help({ children, about }: { children: string; about: string }) {
  const { t } = useCommonWords();
  return (
    <button
      type="button"
      className={css.help}
      data-tip={children}
      aria-label={`${t('help')}: ${about}. ${children}`}
    >
      <IconHelpCircle size={14} stroke={1.8} aria-hidden />
    </button>
  );
}
