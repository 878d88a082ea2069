/** A stage of somebody's way in a few words: when it was, how far it is, or what it waits for. */

import type { JamaahDetail, Passage, Stage } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { useJamaahWords } from './words';

const DAY = 24 * 60 * 60_000;
const isDone = ({ state }: Passage) => state === 'completed' || state === 'skipped';

export function usePassageWords(of: JamaahDetail, stages: Stage[]) {
  const { t, i18n } = useJamaahWords();
  const format = useFormats();
  const list = new Intl.ListFormat(i18n.language, { type: 'conjunction' });

  return (passage: Passage): { text: string; late: boolean } => {
    const due = passage.due_at ? new Date(passage.due_at).getTime() - 1 : undefined;
    if (passage.state === 'skipped') return { text: t('passage.skipped'), late: false };
    if (passage.state === 'completed') return completed(passage, due);
    if (passage.state === 'active') return active(passage, due);
    return { text: waiting(passage), late: false };
  };

  function completed({ started_at, completed_at }: Passage, due: number | undefined) {
    const end = completed_at ?? started_at;
    if (!end) return { text: t('passage.done'), late: false };
    const over = due === undefined ? 0 : format.daysBetween(due, end);
    if (over > 0) return { text: t('passage.done_late', { day: format.day(end), count: over }), late: true };
    const days = started_at ? Math.max(1, Math.round((Date.parse(end) - Date.parse(started_at)) / DAY)) : 1;
    return {
      text: t('passage.done_in', { days: format.dayRange(started_at ?? end, end), count: days }),
      late: false,
    };
  }

  function active(passage: Passage, due: number | undefined) {
    const over = due === undefined ? 0 : format.daysBetween(due, Date.now());
    if (passage.paused_since) {
      return { text: t('passage.paused', { day: format.day(passage.paused_since) }), late: passage.late };
    }
    if (passage.late) return { text: t('passage.running_late', { count: Math.max(over, 0) }), late: true };
    const tasks = of.tasks.filter((task) => task.instance_id === passage.id && task.required);
    const done = tasks.filter(({ status }) => status === 'completed').length;
    if (tasks.length > 0) return { text: t('passage.tasks', { done, count: tasks.length }), late: false };
    return { text: due ? t('passage.until', { day: format.day(due) }) : t('passage.running'), late: false };
  }

  function waiting(passage: Passage): string {
    const depends = stages.find(({ id }) => id === passage.stage_id)?.depends_on ?? [];
    const open = of.path.filter((other) => depends.includes(other.stage_id) && !isDone(other));
    if (open.length > 0) {
      return t('passage.waits_for', { stages: list.format(open.map(({ position }) => String(position))) });
    }
    if (passage.opens_at && Date.parse(passage.opens_at) > Date.now()) {
      return t('passage.opens', { day: format.day(passage.opens_at) });
    }
    return t('passage.waiting');
  }
}
