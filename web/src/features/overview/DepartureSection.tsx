/** Who leaves in the next days, and how ready each group is. */

import { IconPlaneDeparture } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { queryClient } from '@/shared/api/queryClient';
import { DEPARTURE_DAYS, departuresQuery } from '@/shared/api/snapshots';
import { useFormats } from '@/shared/format/formats';
import { Empty } from '@/shared/ui/Empty';
import { Bone } from '@/shared/ui/Late';
import { Section } from '@/shared/ui/Section';
import { Segments } from '@/shared/ui/Segments';
import { RISK_BELOW } from '@/shared/vocabulary/risk';
import { DepartureRow } from './DepartureRow';
import css from './DepartureSection.module.css';
import { DAYS, DAYS_AT_FIRST } from './search';
import { useOverviewWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline');

const useDays = () => route.useSearch({ select: ({ days }) => days ?? DAYS_AT_FIRST });

export function DepartureSection() {
  const { t } = useOverviewWords();
  return (
    <Section title={t('departures.title')} aside={<Counts />} actions={<Range />} skeleton={<Skeleton />}>
      <List />
    </Section>
  );
}

/** What is there while another range is on its way: the range before, at first the one that the page came with. */
const useDepartures = () =>
  useQuery({
    ...departuresQuery(useDays()),
    placeholderData: (before) => before ?? queryClient.getQueryData(departuresQuery(DEPARTURE_DAYS).queryKey),
  });

function Counts() {
  const { t } = useOverviewWords();
  const format = useFormats();
  const departures = useDepartures().data?.data;
  if (!departures) return null;
  const people = departures.reduce((sum, departure) => sum + departure.people, 0);
  return t('departures.aside', { count: departures.length, people: format.count(people) });
}

function Range() {
  const { t } = useOverviewWords();
  const chosen = useDays();
  return (
    <Segments label={t('departures.range')}>
      {DAYS.map((days) => (
        <Link
          key={days}
          from="/dashboard/pipeline"
          search={{ days: days === DAYS_AT_FIRST ? undefined : days }}
          replace
          resetScroll={false}
          activeOptions={{ exact: true }}
          data-chosen={days === chosen || undefined}
        >
          {t('departures.days', { count: days })}
        </Link>
      ))}
    </Segments>
  );
}

function List() {
  const { t } = useOverviewWords();
  const days = useDays();
  const kept = useDepartures().data?.data;
  // only when nothing is there yet: waits, and fails for the section to say so
  const loaded = kept === undefined ? <Load days={days} /> : null;
  if (!kept) return loaded;
  if (kept.length === 0) {
    return (
      <Empty icon={IconPlaneDeparture} title={t('departures.empty', { days })}>
        {t('departures.empty_text')}
      </Empty>
    );
  }
  return (
    <>
      <ul className={css.list}>
        {kept.map((departure) => (
          <li key={departure.id}>
            <DepartureRow departure={departure} />
          </li>
        ))}
      </ul>
      {kept.some(({ forecast }) => forecast) && <Legend />}
    </>
  );
}

function Load({ days }: { days: number }) {
  useSuspenseQuery(departuresQuery(days));
  return null;
}

function Legend() {
  const { t } = useOverviewWords();
  const format = useFormats();
  return (
    <p className={css.legend}>
      {t('departures.legend')}
      <span>
        <i data-risk="high" aria-hidden />
        {t('departures.legend_high', { percent: format.percent(RISK_BELOW.high, 0) })}
      </span>
      <span>
        <i data-risk="medium" aria-hidden />
        {t('departures.legend_medium', { percent: format.percent(RISK_BELOW.medium, 0) })}
      </span>
    </p>
  );
}

const Skeleton = () => (
  <ul className={css.list}>
    {Array.from({ length: 4 }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <li key={index} className={css.bones}>
        <Bone width={80} height={28} />
        <Bone width="70%" height={28} />
      </li>
    ))}
  </ul>
);
