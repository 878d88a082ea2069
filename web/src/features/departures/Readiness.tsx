/** How ready a departure is, how its people divide, and which stage holds how many. */

import { Link } from '@tanstack/react-router';
import { Trans } from 'react-i18next';
import type { DepartureReport } from '@/shared/api/types';
import { useStageNameOf } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { Help } from '@/shared/ui/Help';
import { SeatStrip } from '@/shared/vocabulary/SeatStrip';
import { StackedBar } from '@/shared/vocabulary/StackedBar';
import { useCommonWords } from '@/shared/words/common';
import { barOf } from './DepartureRows';
import css from './departures.module.css';
import { useDepartureWords } from './words';

export function Readiness({ of }: { of: DepartureReport }) {
  return (
    <div className={css.summary}>
      <Expected of={of} />
      <Standing of={of} />
      <Holding of={of} />
    </div>
  );
}

function Expected({ of }: { of: DepartureReport }) {
  const { t } = useDepartureWords();
  const format = useFormats();
  const { forecast, by_risk: risk } = of;
  return (
    <section className={css.cell} aria-label={t('readiness.title')}>
      <h3>
        {t('readiness.title')} <Help about={t('readiness.title')}>{t('readiness.help')}</Help>
      </h3>
      <p className={css.big}>
        <Trans
          t={t}
          i18nKey={forecast ? 'readiness.expected' : 'readiness.now'}
          values={{
            ready: forecast ? format.decimal(forecast.expected_ready) : format.count(of.ready),
            people: format.count(of.people),
          }}
          components={{ b: <b /> }}
        />
      </p>
      {forecast ? (
        <>
          <p className={css.note}>
            {t('readiness.interval', { range: format.range(forecast.low, forecast.high) })}
          </p>
          <SeatStrip high={risk.high} medium={risk.medium} low={risk.low} ready={of.ready} tall />
        </>
      ) : (
        <p className={css.note}>{t('readiness.no_forecast')}</p>
      )}
    </section>
  );
}

function Standing({ of }: { of: DepartureReport }) {
  const { t } = useDepartureWords();
  const { t: common } = useCommonWords();
  const format = useFormats();
  const bar = barOf(of);
  const lines = [
    { status: 'overdue', people: bar.late, tone: 'late' },
    { status: 'at_risk', people: bar.risk, tone: 'risk' },
    { status: 'on_track', people: of.by_status.on_track, tone: undefined },
    { status: 'completed', people: of.ready, tone: undefined },
  ] as const;
  return (
    <section className={css.cell} aria-label={t('standing.title')}>
      <h3>{t('standing.title')}</h3>
      <StackedBar {...bar} />
      <dl className={css.lines}>
        {lines.map(({ status, people, tone }) => (
          <div key={status}>
            <dt>
              <Link
                to="/dashboard/pipeline/jamaah"
                search={{ departure: of.id, status }}
                className={css.lineLink}
              >
                {common(`status.${status}`)}
              </Link>
            </dt>
            <dd data-tone={people > 0 ? tone : undefined}>{format.count(people)}</dd>
          </div>
        ))}
      </dl>
      <p className={css.note}>
        {t('standing.flags', {
          waiting: format.count(of.waiting),
          blocked: format.count(of.blocked),
          held: format.count(of.on_hold),
        })}
      </p>
    </section>
  );
}

function Holding({ of }: { of: DepartureReport }) {
  const { t } = useDepartureWords();
  const format = useFormats();
  const stageName = useStageNameOf();
  const most = Math.max(1, ...of.stages.map(({ people }) => people));
  return (
    <section className={css.cell} aria-label={t('holding.title')}>
      <h3>{t('holding.title')}</h3>
      {of.stages.length === 0 && <p className={css.note}>{t('holding.nobody')}</p>}
      <ul className={css.stages}>
        {of.stages.map((stage) => (
          <li key={stage.stage_id}>
            <Link
              to="."
              search={{ stage: stage.code }}
              className={css.lineLink}
              resetScroll={false}
              title={stageName(stage.stage_id)}
            >
              {stageName(stage.stage_id) ?? stage.code}
            </Link>
            <span>{t('people', { count: stage.people, people: format.count(stage.people) })}</span>
            <span className={css.track} aria-hidden>
              <span style={{ width: `${(stage.people / most) * 100}%` }} />
            </span>
            <span className={css.figure} data-tone={stage.overdue > 0 ? 'late' : undefined}>
              {t('holding.late', { people: format.count(stage.overdue) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
