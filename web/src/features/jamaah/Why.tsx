/** Why somebody has the status they have, in words, and how likely they are ready: two judgements, apart. */

import {
  IconCircleCheck,
  IconClockExclamation,
  IconExclamationCircle,
  IconHandStop,
  IconHourglass,
  IconPlayerPause,
  IconUserX,
} from '@tabler/icons-react';
import type { JamaahDetail, Reason } from '@/shared/api/types';
import { useStageNameOf } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useDueWords } from '@/shared/ui/Due';
import { Section } from '@/shared/ui/Section';
import { RiskBar } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import css from './page.module.css';
import { useJamaahWords } from './words';

const ICON = {
  stage_past_due: IconClockExclamation,
  departure_passed: IconClockExclamation,
  stage_ageing: IconExclamationCircle,
  stage_slower_than_usual: IconExclamationCircle,
  low_readiness: IconExclamationCircle,
  waiting_for_window: IconHourglass,
  task_blocked: IconHandStop,
  on_hold: IconPlayerPause,
  cancelled: IconUserX,
} satisfies Record<Reason['code'], unknown>;

export function Why({ of }: { of: JamaahDetail }) {
  const { t } = useJamaahWords();
  const { t: common } = useCommonWords();
  const sentence = useReasonWords();
  const { status } = of;
  return (
    <Section title={t('why.title')} skeleton={null}>
      <ul className={css.reasons}>
        {status.reasons.map((reason) => {
          const Icon = ICON[reason.code];
          return (
            <li key={JSON.stringify(reason)} data-late={reason.code === 'stage_past_due' || undefined}>
              <Icon size={16} stroke={1.8} aria-hidden />
              <span>{sentence(reason)}</span>
            </li>
          );
        })}
        {status.reasons.length === 0 && (
          <li>
            <IconCircleCheck size={16} stroke={1.8} aria-hidden />
            <span>{t(`why.none.${status.status}`)}</span>
          </li>
        )}
      </ul>
      <dl className={css.pairs}>
        <dt>{common('risk_label')}</dt>
        <dd>
          <RiskBar risk={status.risk} probability={status.readiness_probability} />
        </dd>
      </dl>
      {status.readiness_probability == null && <p className={css.missing}>{t('why.no_forecast')}</p>}
    </Section>
  );
}

/** A reason as a sentence. */
function useReasonWords(): (reason: Reason) => string {
  const { t } = useJamaahWords();
  const format = useFormats();
  const due = useDueWords();
  const stageName = useStageNameOf();
  return (reason) => {
    const stage = 'stage_id' in reason ? (stageName(reason.stage_id) ?? t('why.a_stage')) : '';
    switch (reason.code) {
      case 'stage_past_due':
        return t('why.stage_past_due', {
          stage,
          late: due(reason.due_at).text.toLowerCase(),
          day: format.day(Date.parse(reason.due_at) - 1),
        });
      case 'departure_passed':
        return t('why.departure_passed', { day: format.date(reason.departure_date) });
      case 'stage_ageing':
      case 'stage_slower_than_usual':
        return t(`why.${reason.code}`, { stage, day: format.day(reason.since) });
      case 'low_readiness':
        return t('why.low_readiness', { percent: format.percent(reason.probability, 0) });
      case 'waiting_for_window':
        return t('why.waiting_for_window', { stage, day: format.day(reason.opens_at) });
      case 'task_blocked':
        return t('why.task_blocked', { stage, reason: reason.reason });
      case 'on_hold':
      case 'cancelled':
        return t(`why.${reason.code}`, { reason: reason.reason });
    }
  };
}
