/** The list of jamaah: filters in the address, rows that change by themselves, pages. */

import { IconFilterOff, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useDeferredValue, useState } from 'react';
import { jamaahListQuery } from '@/shared/entities/jamaah';
import { useMay } from '@/shared/session/session';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Empty } from '@/shared/ui/Empty';
import { Bone } from '@/shared/ui/Late';
import { ListPage } from '@/shared/ui/ListPage';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { useListWords } from '@/shared/words/lists';
import { Export } from './Export';
import { JamaahFilters } from './JamaahFilters';
import { JamaahRows } from './JamaahRows';
import css from './jamaah.module.css';
import { filtersOf, type JamaahSearch, USUAL_SORT } from './search';
import { useJamaahWords } from './words';

const RegisterDialog = lazy(() => import('./RegisterDialog'));

const route = getRouteApi('/signed-in/dashboard/pipeline/jamaah');

export function JamaahListPage() {
  const { t } = useJamaahWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [registering, setRegistering] = useState(false);
  const refusal = useRefusal('jamaah.write');
  const change = (next: Partial<JamaahSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...next }), replace: true });
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <JamaahFilters search={search} change={change}>
        <Export filters={filtersOf(search)} />
        <Action
          refusal={refusal}
          leftSection={<IconUserPlus size={16} stroke={1.8} aria-hidden />}
          onClick={() => setRegistering(true)}
        >
          {t('register.open')}
        </Action>
      </JamaahFilters>
      <Section title={t('title')} skeleton={<ListBones />}>
        <List search={search} change={change} />
      </Section>
      <Suspense>{registering && <RegisterDialog close={() => setRegistering(false)} />}</Suspense>
    </>
  );
}

function List({ search, change }: { search: JamaahSearch; change: (next: Partial<JamaahSearch>) => void }) {
  const { t } = useJamaahWords();
  // the rows that are there stay until the next ones have come
  const shown = useDeferredValue(search);
  const { ids, meta } = useSuspenseQuery(jamaahListQuery({ sort: USUAL_SORT, ...shown })).data;
  const total = meta.total ?? ids.length;
  if (total === 0) return <NoJamaah filters={Object.keys(filtersOf(shown))} change={change} />;
  return (
    <ListPage
      shown={shown}
      refreshing={shown !== search}
      rows={ids.length}
      total={total}
      change={change}
      says={(counts) => t('range', counts)}
    >
      <JamaahRows ids={ids} />
    </ListPage>
  );
}

/** Nobody there, or nobody that fits. */
function NoJamaah({
  filters,
  change,
}: {
  /** Those that are set. */
  filters: string[];
  change: (next: Partial<JamaahSearch>) => void;
}) {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const may = useMay();
  if (filters.length > 0) {
    return (
      <Empty
        icon={IconFilterOff}
        title={lists('nothing_matches')}
        action={
          <button
            type="button"
            className={css.plainButton}
            onClick={() => change(Object.fromEntries(filters.map((filter) => [filter, undefined])))}
          >
            {lists('clear_filters')}
          </button>
        }
      >
        {t('none_matches')}
      </Empty>
    );
  }
  return (
    <Empty
      icon={IconUsers}
      title={t('none.title')}
      action={
        may('imports.write') && (
          <Link to="/dashboard/pipeline/imports" className={css.plainButton}>
            {t('none.import')}
          </Link>
        )
      }
    >
      {t('none.text')}
    </Empty>
  );
}

const BONES = ['38%', '44%', '32%', '48%', '36%', '42%', '34%', '46%'];

function ListBones() {
  return (
    <div className={table.bones}>
      {BONES.map((width) => (
        <div key={width} className={css.boneRow}>
          <Bone width={width} />
          <Bone width="16%" />
          <Bone width="20%" />
        </div>
      ))}
    </div>
  );
}
