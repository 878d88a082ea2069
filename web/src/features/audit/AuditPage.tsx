/** Who did what: the log of the organisation, with what differed before and after. */

import { Button } from '@mantine/core';
import { IconDownload, IconHistory } from '@tabler/icons-react';
import { useQuery, useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useDeferredValue } from 'react';
import { peopleQuery } from '@/shared/entities/people';
import { useMe } from '@/shared/session/session';
import { Empty } from '@/shared/ui/Empty';
import { Filter } from '@/shared/ui/Filter';
import { FilterBar } from '@/shared/ui/FilterBar';
import filter from '@/shared/ui/filter.module.css';
import { Bone } from '@/shared/ui/Late';
import { Needs } from '@/shared/ui/Needs';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { useErrorWords } from '@/shared/words/errors';
import css from './audit.module.css';
import { Events } from './Events';
import { GROUPS, isKnown, prefixesOf } from './kinds';
import { auditQuery, filterOf } from './queries';
import type { AuditSearch } from './search';
import { useAuditWords } from './words';

const route = getRouteApi('/signed-in/dashboard/audit');

export function AuditPage() {
  const { t } = useAuditWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const people = useQuery(peopleQuery).data ?? [];
  const change = (next: Partial<AuditSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const { from, to, actor, kind, request } = search;
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <Needs permission="audit.read">
        <FilterBar
          set={[from, to, actor, kind, request].filter(Boolean).length}
          filters={
            <>
              {(['from', 'to'] as const).map((end) => (
                <label key={end} className={filter.filter} data-set={search[end] ? true : undefined}>
                  {t(`filter.${end}`)}
                  <input
                    type="date"
                    className={css.date}
                    value={search[end] ?? ''}
                    onChange={({ target }) => change({ [end]: target.value || undefined })}
                  />
                </label>
              ))}
              <Filter
                name={t('filter.actor')}
                value={actor}
                choices={[
                  { value: 'system', label: t('filter.system') },
                  ...people.map(({ id, name }) => ({ value: `user:${id}`, label: name })),
                ]}
                onChange={(value) => change({ actor: value })}
              />
              <Filter
                name={t('filter.kind')}
                value={kind}
                choices={[
                  ...GROUPS.map((group) => ({ value: prefixesOf(group), label: t(`group.${group}`) })),
                  ...(kind && isKnown(kind) ? [{ value: kind, label: t(`kind.${kind}`) }] : []),
                ]}
                onChange={(value) => change({ kind: value })}
              />
              {request && (
                <Filter
                  name={t('filter.request')}
                  value={request}
                  choices={[]}
                  onChange={(value) => change({ request: value })}
                />
              )}
            </>
          }
        >
          <Exports search={search} />
        </FilterBar>
        <Section title={t('title')} aside={t('aside')} skeleton={<Bones />}>
          <List search={search} change={change} />
        </Section>
      </Needs>
    </>
  );
}

/** The same events as a file; the browser takes it as it comes. */
function Exports({ search }: { search: AuditSearch }) {
  const { t } = useAuditWords();
  const { timezone } = useMe().tenant;
  const query = new URLSearchParams(filterOf(search, timezone));
  return (['csv', 'xlsx'] as const).map((form) => (
    <Button
      key={form}
      variant="default"
      component="a"
      download
      href={`/api/v1/audit/export.${form}?${query}`}
      aria-label={`${t('export.label')} ${t(`export.${form}`)}`}
      leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
    >
      {t(`export.${form}`)}
    </Button>
  ));
}

function List({ search, change }: { search: AuditSearch; change: (next: Partial<AuditSearch>) => void }) {
  const { t } = useAuditWords();
  const errorWords = useErrorWords();
  const { timezone } = useMe().tenant;
  const shown = useDeferredValue(search);
  const { data, fetchNextPage, hasNextPage, isFetchingNextPage, error } = useSuspenseInfiniteQuery(
    auditQuery(shown, timezone),
  );
  const events = data.pages.flatMap((page) => page.data);
  if (events.length === 0 && !hasNextPage) {
    return (
      <Empty icon={IconHistory} title={t('none')}>
        {t('none_text')}
      </Empty>
    );
  }
  return (
    <div className={table.scroll}>
      <div className={shown === search ? undefined : table.refreshing} />
      <Events of={events} only={(request) => change({ request })} />
      <div className={css.foot}>
        {error && (
          <span role="alert" className={css.failed}>
            {errorWords(error)}
          </span>
        )}
        {events.length === 0 && <span>{t('looked')}</span>}
        {hasNextPage ? (
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('more')}
          </Button>
        ) : (
          <span>{t('end')}</span>
        )}
      </div>
    </div>
  );
}

const BONES = ['62%', '70%', '58%', '66%', '74%', '60%', '68%', '64%'];

const Bones = () => (
  <div className={table.bones}>
    {BONES.map((width) => (
      <Bone key={width} width={width} />
    ))}
  </div>
);
