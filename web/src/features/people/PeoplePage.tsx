/** Who can come in, as what, and who was asked to. */

import { IconUserPlus, IconUsersGroup } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, useDeferredValue, useState } from 'react';
import type { User } from '@/shared/api/types';
import { rolesQuery } from '@/shared/entities/roles';
import { useFormats } from '@/shared/format/formats';
import { useMe } from '@/shared/session/session';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Empty } from '@/shared/ui/Empty';
import { Filter } from '@/shared/ui/Filter';
import { FilterBar } from '@/shared/ui/FilterBar';
import { Bone } from '@/shared/ui/Late';
import { ListPage } from '@/shared/ui/ListPage';
import { Needs } from '@/shared/ui/Needs';
import { Optional } from '@/shared/ui/Optional';
import { PageTitle } from '@/shared/ui/PageTitle';
import { SearchBox } from '@/shared/ui/SearchBox';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { usePhone } from '@/shared/ui/widths';
import { useRoleLabel } from '@/shared/vocabulary/roles';
import css from './people.module.css';
import { listQuery } from './queries';
import { type PeopleSearch, STATES } from './search';
import { useStateWords } from './useStateWords';
import { usePeopleWords } from './words';

const InviteDialog = lazy(() => import('./InviteDialog'));
const PersonDialog = lazy(() => import('./PersonDialog'));

const route = getRouteApi('/signed-in/dashboard/users');

export function PeoplePage() {
  const { t } = usePeopleWords();
  const roleLabel = useRoleLabel();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('users.admin');
  const [inviting, setInviting] = useState(false);
  const roles = useQuery(rolesQuery).data ?? [];
  const change = (next: Partial<PeopleSearch>) =>
    void navigate({ search: (before) => ({ ...before, page: undefined, ...next }), replace: true });
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <Needs permission="users.admin">
        <FilterBar
          set={[search.role, search.state].filter(Boolean).length}
          search={<SearchBox label={t('filter.search')} value={search.q} onChange={(q) => change({ q })} />}
          filters={
            <>
              <Filter
                name={t('filter.role')}
                value={search.role}
                choices={roles.map((role) => ({ value: role.key, label: roleLabel(role) }))}
                onChange={(role) => change({ role })}
              />
              <Filter
                name={t('filter.state')}
                value={search.state}
                choices={STATES.map((value) => ({ value, label: t(`state.${value}`) }))}
                onChange={(value) => change({ state: STATES.find((one) => one === value) })}
              />
            </>
          }
        >
          <Action
            refusal={refusal}
            leftSection={<IconUserPlus size={16} stroke={1.8} aria-hidden />}
            onClick={() => setInviting(true)}
          >
            {t('invite.open')}
          </Action>
        </FilterBar>
        <Section title={t('title')} aside={t('aside')} skeleton={<Bones />}>
          <List search={search} change={change} />
        </Section>
        <Optional>{inviting && <InviteDialog close={() => setInviting(false)} />}</Optional>
        <Optional>
          {search.user && (
            <PersonDialog
              key={search.user}
              id={search.user}
              close={() => void navigate({ search: ({ user: _, ...before }) => before, replace: true })}
            />
          )}
        </Optional>
      </Needs>
    </>
  );
}

function List({ search, change }: { search: PeopleSearch; change: (next: Partial<PeopleSearch>) => void }) {
  const { t } = usePeopleWords();
  const shown = useDeferredValue(search);
  const { data, meta } = useSuspenseQuery(listQuery(shown)).data;
  const total = meta?.total ?? data.length;
  if (total === 0) {
    return (
      <Empty icon={IconUsersGroup} title={t('none')}>
        {t('none_text')}
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
      <Rows of={data} />
    </ListPage>
  );
}

function Rows({ of }: { of: User[] }) {
  const { t } = usePeopleWords();
  const isPhone = usePhone();
  if (isPhone) {
    return (
      <ul className={table.cards}>
        {of.map((person) => (
          <li key={person.id} className={table.card}>
            <Name person={person} />
            <State person={person} />
            <span className={css.wide}>
              <Roles person={person} />
            </span>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <table className={table.table}>
      <caption className={css.hidden}>{t('title')}</caption>
      <thead>
        <tr>
          {(['name', 'email', 'roles', 'state'] as const).map((column) => (
            <th key={column} scope="col">
              {t(`column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {of.map((person) => (
          <tr key={person.id}>
            <th scope="row">
              <Name person={person} />
            </th>
            <td className={table.quiet}>{person.email}</td>
            <td className={css.roles}>
              <Roles person={person} />
            </td>
            <td>
              <State person={person} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Name({ person }: { person: User }) {
  const { t } = usePeopleWords();
  const me = useMe().user?.id;
  return (
    <span>
      <Link
        from="/dashboard/users"
        search={(before) => ({ ...before, user: person.id })}
        resetScroll={false}
        className={table.link}
      >
        {person.name}
      </Link>{' '}
      {person.id === me && <span className={table.faint}>· {t('you')}</span>}
    </span>
  );
}

function Roles({ person }: { person: User }) {
  const { t } = usePeopleWords();
  const roleLabel = useRoleLabel();
  const roles = useQuery(rolesQuery).data ?? [];
  if (person.roles.length === 0) return <span className={table.faint}>{t('no_roles')}</span>;
  return person.roles
    .map((key) => roleLabel(roles.find((role) => role.key === key) ?? { key, name: key }))
    .join(', ');
}

function State({ person }: { person: User }) {
  const { t } = usePeopleWords();
  const format = useFormats();
  const words = useStateWords();
  const { invited_until: until } = person;
  return (
    <span className={css.state} data-state={person.state}>
      {words(person.state)}
      {person.state === 'invited' && until && (
        <small>
          {Date.parse(until) < Date.now()
            ? t('expired')
            : t('until', { time: `${format.day(until)} ${format.time(until)}` })}
        </small>
      )}
    </span>
  );
}

const BONES = ['34%', '42%', '30%', '38%', '36%', '40%'];

const Bones = () => (
  <div className={table.bones}>
    {BONES.map((width) => (
      <Bone key={width} width={width} />
    ))}
  </div>
);
