/** The figures of the season in one strip. Every figure opens the list that it counts. */

import { IconCircleDashed, IconHandStop } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { healthQuery, stagesQuery } from '@/shared/api/snapshots';
import { useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { Changing } from '@/shared/ui/Changing';
import { Help } from '@/shared/ui/Help';
import { Bone } from '@/shared/ui/Late';
import { Section } from '@/shared/ui/Section';
import { BandBadge, Direction, StatusIcon } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import css from './HealthStrip.module.css';
import { FIGURES, type Figure, GOOD_WHEN, LIST, reasonOf, scoreReasons, shareOf } from './health';
import { useOverviewWords } from './words';

export function HealthStrip() {
  const { t } = useOverviewWords();
  return (
    <Section title={t('health.title')} look="bare" skeleton={<Skeleton />}>
      <Strip />
    </Section>
  );
}

function Strip() {
  const { t } = useOverviewWords();
  const common = useCommonWords();
  const format = useFormats();
  const nameOf = useStageName();
  const health = useSuspenseQuery(healthQuery).data.data;
  // reasons name stages, and wait for them; figures do not
  const stages = useQuery(stagesQuery).data?.data ?? [];
  const before = health.yesterday;
  return (
    <div className={css.strip}>
      <div className={css.score}>
        <div className={css.label}>
          {t('health.score')}
          <Help about={t('health.score')}>{t('health.formula.score')}</Help>
        </div>
        <div className={css.value}>
          {health.score == null ? (
            <span className={css.none}>{common.t('no_data')}</span>
          ) : (
            <Link
              to="/dashboard/pipeline"
              hash="bottlenecks"
              className={css.number}
              aria-label={`${t('health.score')}: ${format.decimal(health.score)}`}
            >
              <Changing value={format.decimal(health.score)}>{format.decimal(health.score)}</Changing>
            </Link>
          )}
          {health.band && <BandBadge band={health.band} />}
        </div>
        <p className={css.since}>
          {health.score != null && before?.score != null && (
            <Direction difference={health.score - before.score} goodWhen="up" digits={1} />
          )}{' '}
          {before ? t('health.since') : t('health.before_unknown')}
        </p>
        <p className={css.why}>{scoreReasons(health, t, format)}</p>
      </div>
      {FIGURES.map((figure) => {
        const share = shareOf(figure, health);
        return (
          <div key={figure} className={css.cell}>
            <div className={css.label}>
              {ICON[figure]}
              {t(`health.${figure}`)}
              <span className={css.touchHelp}>
                <Help about={t(`health.${figure}`)}>{t(`health.formula.${figure}`)}</Help>
              </span>
            </div>
            <div className={css.value}>
              <Link
                to="/dashboard/pipeline/jamaah"
                search={LIST[figure]}
                className={css.number}
                data-tip={t(`health.formula.${figure}`)}
                aria-label={`${t(`health.${figure}`)}: ${format.count(health[figure])}`}
                aria-description={t(`health.formula.${figure}`)}
              >
                <Changing value={health[figure]}>{format.count(health[figure])}</Changing>
              </Link>
              {share !== undefined && <span className={css.share}>{format.percent(share)}</span>}
            </div>
            <p className={css.since}>
              {before && (
                <Direction difference={health[figure] - before[figure]} goodWhen={GOOD_WHEN[figure]} />
              )}
            </p>
            <p className={css.why}>{reasonOf(figure, { health, stages }, { t, format, nameOf })}</p>
          </div>
        );
      })}
    </div>
  );
}

const ICON: Record<Figure, ReactNode> = {
  active: null,
  on_track: <StatusIcon status="on_track" />,
  at_risk: <StatusIcon status="at_risk" />,
  overdue: <StatusIcon status="overdue" />,
  blocked: <IconHandStop size={16} stroke={1.8} aria-hidden />,
  waiting: <IconCircleDashed size={16} stroke={1.8} aria-hidden />,
};

function Skeleton() {
  return (
    <div className={css.strip}>
      {['score', ...FIGURES].map((figure) => (
        <div key={figure} className={figure === 'score' ? css.score : css.cell}>
          <div className={css.label}>
            <Bone width={72} />
          </div>
          <div className={css.value}>
            <Bone width={56} height={24} />
          </div>
          <div className={css.since}>
            <Bone width={64} height={10} />
          </div>
          <div className={css.why}>
            <Bone width="90%" height={10} />
          </div>
        </div>
      ))}
    </div>
  );
}
