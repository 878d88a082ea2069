/** When something is due, or by how much it is late: the round icon with words of one judgement. */

import { IconClock, IconClockExclamation } from '@tabler/icons-react';
import { useFormats } from '@/shared/format/formats';
import { useListWords } from '@/shared/words/lists';
import css from './due.module.css';

export function Due({ at, icon = true }: { at: string | null | undefined; icon?: boolean }) {
  const words = useDueWords();
  if (!at) return null;
  const { text, late } = words(at);
  const Icon = late ? IconClockExclamation : IconClock;
  return (
    <span className={css.due} data-late={late || undefined}>
      {icon && <Icon size={14} stroke={1.8} aria-hidden />}
      {text}
    </span>
  );
}

/** "Telat 5 hari", "Hari ini", "Kam 26 Nov". A date ends at 24:00, which is 00:00 of the next day. */
export function useDueWords(): (at: string, now?: number) => { text: string; late: boolean } {
  const { t } = useListWords();
  const format = useFormats();
  return (at, now = Date.now()) => {
    const due = new Date(at).getTime() - 1;
    const days = format.daysBetween(due, now);
    if (due < now) return { late: true, text: days > 0 ? t('late_days', { count: days }) : t('late_today') };
    return { late: false, text: days === 0 ? t('today') : format.day(due) };
  };
}
