/** The departures to come: how many are ready, and who gives reason to worry. */

import { IconPlaneOff, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useState } from 'react';
import { departureListQuery } from '@/shared/entities/departures';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Empty } from '@/shared/ui/Empty';
import { Filter, Order } from '@/shared/ui/Filter';
import { FilterBar } from '@/shared/ui/FilterBar';
import filter from '@/shared/ui/filter.module.css';
import { Bone } from '@/shared/ui/Late';
import { ListPage } from '@/shared/ui/ListPage';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { DepartureRows } from './DepartureRows';
import css from './departures.module.css';
import { type DeparturesSearch, RANGES, SORTS, USUAL_DAYS } from './search';
import { useDepartureWords } from './words';

const DepartureDialog = lazy(() => import('./DepartureDialog'));

const route = getRouteApi('/signed-in/dashboard/pipeline/departures');

export function DepartureListPage() {
  const { t } = useDepartureWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [planning, setPlanning] = useState(false);
  const refusal = useRefusal('departures.write');
  const change = (next: Partial<DeparturesSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...next }), replace: true });
  const { days, from, to } = search;
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <FilterBar
        set={[days, from, to].filter((value) => value !== undefined).length}
        filters={
          <>
            <Filter
              name={t('filter.days')}
              value={days === undefined ? undefined : String(days)}
              onChange={(value) =>
                change({ days: value === undefined ? undefined : Number(value), to: undefined })
              }
              choices={RANGES.map((range) => ({
                value: String(range),
                label: t('filter.next', { count: range }),
              }))}
            />
            {(['from', 'to'] as const).map((end) => (
              <label key={end} className={filter.filter} data-set={search[end] ? true : undefined}>
                {t(`filter.${end}`)}
                <input
                  type="date"
                  className={css.date}
                  value={search[end] ?? ''}
                  onChange={({ target }) => change({ [end]: target.value || undefined, days: undefined })}
                />
              </label>
            ))}
          </>
        }
      >
        <Order
          value={search.sort ?? 'departure_date'}
          choices={SORTS.map((value) => ({ value, label: t(`sort.${value.replace('-', '') as 'people'}`) }))}
          onChange={(value) => change({ sort: SORTS.find((known) => known === value && value !== SORTS[0]) })}
        />
        <Action
          refusal={refusal}
          leftSection={<IconPlus size={16} stroke={1.8} aria-hidden />}
          onClick={() => setPlanning(true)}
        >
          {t('plan.open')}
        </Action>
      </FilterBar>
      <Section title={t('title')} aside={t('aside')} skeleton={<ListBones />}>
        <List search={search} change={change} />
      </Section>
      <Suspense>{planning && <DepartureDialog close={() => setPlanning(false)} />}</Suspense>
    </>
  );
}

function List({
  search,
  change,
}: {
  search: DeparturesSearch;
  change: (next: Partial<DeparturesSearch>) => void;
}) {
  const { t } = useDepartureWords();
  // the rows that are there stay until the next ones have come
  const shown = useDeferredValue(search);
  const asked = shown.days || shown.to ? shown : { ...shown, days: USUAL_DAYS };
  const { data, meta } = useSuspenseQuery(departureListQuery(asked)).data;
  const total = meta?.total ?? data.length;
  if (total === 0) {
    return (
      <Empty icon={IconPlaneOff} title={t('none.title')}>
        {t('none.text')}
      </Empty>
    );
  }
  return (
    <ListPage
      shown={shown}
      refreshing={shown !== search}
      rows={data.length}
      total={total}
      change={change}
      says={(counts) => t('range', counts)}
    >
      <DepartureRows of={data} />
    </ListPage>
  );
}

const BONES = ['30%', '36%', '28%', '40%', '34%', '32%'];

function ListBones() {
  return (
    <div className={table.bones}>
      {BONES.map((width) => (
        <div key={width} className={css.boneRow}>
          <Bone width={width} />
          <Bone width="60%" />
          <Bone width="80%" />
        </div>
      ))}
    </div>
  );
}
