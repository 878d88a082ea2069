/** An event of the log as a sentence. */

import type { HistoryEvent, JamaahState, Status } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useStageNameOf } from '@/shared/entities/stages';
import { useCommonWords } from '@/shared/words/common';
import { useJamaahWords } from './words';

const KNOWN = [
  'task.created',
  'task.started',
  'task.completed',
  'task.reopened',
  'task.cancelled',
  'task.updated',
  'task.unblocked',
  'task.overdue',
  'stage_instance.created',
  'stage_instance.activated',
  'stage_instance.completed',
  'stage_instance.skipped',
  'stage_instance.reopened',
  'stage_instance.updated',
  'jamaah.registered',
  'jamaah.updated',
] as const;

const isKnown = (kind: string): kind is (typeof KNOWN)[number] => (KNOWN as readonly string[]).includes(kind);

/** The words of a kind have no points in their names. */
const key = <Kind extends string>(kind: Kind) => kind.replace('.', '_') as Dotless<Kind>;
type Dotless<Kind extends string> = Kind extends `${infer A}.${infer B}` ? `${A}_${B}` : Kind;

export function useHistoryWords(): (event: HistoryEvent) => string {
  const { t } = useJamaahWords();
  const { t: common } = useCommonWords();
  const stageName = useStageNameOf();
  const nameOf = useNameOf();

  return (event) => {
    const after = event.after as Record<string, string | null | undefined>;
    const stage = stageName(event.stage_id ?? after.stage_id) ?? t('why.a_stage');
    const reason = after.reason ? `: ${after.reason}` : '';
    if (event.kind === 'task.blocked') {
      return t('event.task_blocked', { title: after.title ?? '', reason: after.blocked_reason ?? '' });
    }
    if (event.kind === 'task.assigned') {
      const who = nameOf(after.assignee);
      return who
        ? t('event.task_assigned', { title: after.title ?? '', who })
        : t('event.task_unassigned', { title: after.title ?? '' });
    }
    if (event.kind === 'comment.created') return t('event.comment_created', { body: after.body ?? '' });
    if (event.kind === 'jamaah.status_changed') return statusWords(event);
    if (!isKnown(event.kind)) return event.kind;
    return t(`event.${key(event.kind)}`, { title: after.title ?? '', stage, reason });
  };

  /** What of the status is another than before. */
  function statusWords(event: HistoryEvent): string {
    const before = (event.before ?? {}) as Partial<JamaahState>;
    const after = event.after as unknown as JamaahState;
    const parts = [
      'status' in before || !event.before
        ? t('event.status', { status: common(`status.${after.status as Status}`).toLowerCase() })
        : '',
      'on_hold' in before
        ? after.on_hold
          ? t('event.held', { reason: after.hold_reason ?? '' })
          : t('event.resumed')
        : '',
      'blocked' in before ? t(after.blocked ? 'event.blocked' : 'event.unblocked') : '',
      before.current_stage_id !== undefined && after.current_stage_id
        ? t('event.at_stage', { stage: stageName(after.current_stage_id) ?? t('why.a_stage') })
        : '',
      'cancel_reason' in before && after.cancel_reason
        ? t('event.cancelled', { reason: after.cancel_reason })
        : '',
    ].filter(Boolean);
    return parts.length > 0 ? parts.join(' · ') : t('event.recomputed');
  }
}
