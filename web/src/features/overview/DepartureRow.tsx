/** One departure: when, which package, how many are ready, and how many give reason to worry. */

import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import { Trans } from 'react-i18next';
import type { DepartureReport } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { Changing } from '@/shared/ui/Changing';
import { SeatStrip } from '@/shared/vocabulary/SeatStrip';
import { StackedBar } from '@/shared/vocabulary/StackedBar';
import css from './DepartureRow.module.css';
import { useOverviewWords } from './words';

export const DepartureRow = memo(function DepartureRow({ departure }: { departure: DepartureReport }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const { days_to_departure: days } = departure;
  return (
    <Link to="/dashboard/pipeline/departures/$id" params={{ id: departure.id }} className={css.row}>
      <span className={css.when}>
        <b>{format.date(departure.departure_date)}</b>
        <small>{days === 0 ? t('departures.today') : format.daysTo(days)}</small>
      </span>
      <span className={css.what}>
        <span>{departure.code}</span>
        <small>{departure.package}</small>
      </span>
      {departure.forecast ? <Forecast departure={departure} /> : <Counted departure={departure} />}
    </Link>
  );
});

function Forecast({ departure }: { departure: DepartureReport }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const { forecast, by_risk, people } = departure;
  if (!forecast) return null;
  const ready = format.decimal(forecast.expected_ready);
  const range = format.range(forecast.low, forecast.high);
  return (
    <>
      <span className={css.ready}>
        <span className={css.expected}>
          <Changing value={ready}>
            <Trans
              t={t}
              i18nKey="departures.expected"
              values={{ ready, people: format.count(people) }}
              components={{ b: <b /> }}
            />
          </Changing>
          <span className={css.interval} data-tip={t('departures.interval', { range })}>
            {range}
          </span>
        </span>
        <SeatStrip high={by_risk.high} medium={by_risk.medium} low={by_risk.low} ready={departure.ready} />
      </span>
      <Worries
        late={[t('departures.high', { people: format.count(by_risk.high) }), by_risk.high]}
        risk={[t('departures.medium', { people: format.count(by_risk.medium) }), by_risk.medium]}
      />
    </>
  );
}

/** Without a forecast: who is ready now, and how the others stand against their stages. */
function Counted({ departure }: { departure: DepartureReport }) {
  const { t } = useOverviewWords();
  const format = useFormats();
  const { by_status, people, ready, waiting } = departure;
  return (
    <>
      <span className={css.ready}>
        <span className={css.expected}>
          <Changing value={ready}>
            <Trans
              t={t}
              i18nKey="departures.ready"
              values={{ ready: format.count(ready), people: format.count(people) }}
              components={{ b: <b /> }}
            />
          </Changing>
          <span className={css.interval} data-tip={t('departures.no_forecast_why')}>
            {t('departures.no_forecast')}
          </span>
        </span>
        <StackedBar
          late={by_status.overdue}
          risk={by_status.at_risk}
          ok={Math.max(0, by_status.on_track - waiting) + ready}
          waiting={Math.min(waiting, by_status.on_track)}
        />
      </span>
      <Worries
        late={[t('departures.overdue', { people: format.count(by_status.overdue) }), by_status.overdue]}
        risk={[t('departures.at_risk', { people: format.count(by_status.at_risk) }), by_status.at_risk]}
      />
    </>
  );
}

function Worries({ late, risk }: Record<'late' | 'risk', [words: string, people: number]>) {
  return (
    <span className={css.worries}>
      {Object.entries({ late, risk }).map(([tone, [words, people]]) => (
        <span key={tone} data-tone={people > 0 ? tone : undefined}>
          {words}
        </span>
      ))}
    </span>
  );
}
