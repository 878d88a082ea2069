/** What the list of jamaah can be narrowed to, and its order. All of it is the address. */

import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { departureChoicesQuery } from '@/shared/entities/departures';
import { useStageName, useStages } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { Filter, Order, Toggle } from '@/shared/ui/Filter';
import { FilterBar } from '@/shared/ui/FilterBar';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useCommonWords } from '@/shared/words/common';
import { useListWords } from '@/shared/words/lists';
import { filtersOf, type JamaahSearch, RISKS, SORTS, STATUSES, USUAL_SORT } from './search';
import { useJamaahWords } from './words';

const FLAGS = ['blocked', 'on_hold', 'waiting'] as const;

export function JamaahFilters({
  search,
  change,
  children,
}: {
  search: JamaahSearch;
  change: (next: Partial<JamaahSearch>) => void;
  children: ReactNode;
}) {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const { t: common } = useCommonWords();
  const format = useFormats();
  const stageName = useStageName();
  const stages = useStages();
  const departures = useQuery(departureChoicesQuery).data ?? [];
  const set = (key: keyof JamaahSearch) => (value: string | undefined) =>
    change({ [key]: value } as Partial<JamaahSearch>);
  return (
    <FilterBar
      set={Object.keys(filtersOf(search)).filter((key) => key !== 'q').length}
      search={<SearchBox label={lists('search_passport')} value={search.q} onChange={set('q')} />}
      filters={
        <>
          <Filter
            name={t('filter.status')}
            value={search.status}
            onChange={set('status')}
            choices={STATUSES.map((value) => ({
              value,
              label: value === 'active' ? t('filter.active') : common(`status.${value}`),
            }))}
          />
          <Filter
            name={t('filter.stage')}
            value={stages.find(({ id }) => id === search.stage)?.code ?? search.stage}
            onChange={set('stage')}
            choices={stages.map((stage) => ({
              value: stage.code,
              label: `${stage.position}. ${stageName(stage)}`,
            }))}
          />
          <Filter
            name={t('filter.departure')}
            value={search.departure}
            onChange={set('departure')}
            choices={departures.map(({ id, code, departure_date }) => ({
              value: id,
              label: `${code} · ${format.date(departure_date)}`,
            }))}
          />
          <Filter
            name={common('risk_label')}
            value={search.risk}
            onChange={set('risk')}
            choices={RISKS.map((value) => ({ value, label: t(`risk.${value}`) }))}
          />
          {FLAGS.map((flag) => (
            <Toggle
              key={flag}
              name={t(`filter.${flag}`)}
              on={search[flag] === true}
              onChange={(on) => change({ [flag]: on || undefined } as Partial<JamaahSearch>)}
            />
          ))}
        </>
      }
    >
      <Order
        value={search.sort ?? USUAL_SORT}
        onChange={(value) => set('sort')(value === USUAL_SORT ? undefined : value)}
        choices={SORTS.map((value) => ({ value, label: t(`sort.${value.replace('-', '') as 'risk'}`) }))}
      />
      {children}
    </FilterBar>
  );
}
