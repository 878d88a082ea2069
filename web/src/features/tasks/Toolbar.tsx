/** What is left out, in which order, and whether as columns or as a table. All of it is in the address. */

import { Menu } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconArrowsSort, IconListCheck, IconUser } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { NewTaskButton } from '@/shared/newTask/NewTaskButton';
import { SearchBox } from '@/shared/ui/SearchBox';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useCommonWords } from '@/shared/words/common';
import { BUCKETS } from './drop';
import { FilterMenu } from './FilterMenu';
import { useFilterChoices } from './filterChoices';
import css from './page.module.css';
import { useRoleCounts } from './RoleTabs';
import { filtersOf, SORTS, type Sort, type TasksSearch, valuesOf } from './search';
import { clearSelection, startChoosing, useIsChoosing } from './selection';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

export function Toolbar({ phone, touch, view }: { phone: boolean; touch: boolean; view: 'board' | 'table' }) {
  const { t } = useTasksWords();
  const navigate = route.useNavigate();
  const search = route.useSearch();
  const [shown, setShown] = useState(Boolean(search.q));
  const active = ['stage', 'departure', 'assignee', 'priority', 'status', 'q'].some(
    (key) => search[key as 'q'] !== undefined,
  );
  if (phone) {
    return (
      <search className={css.toolbar} aria-label={t('filter.label')}>
        <RoleMenu />
        <button
          type="button"
          className={css.filter}
          aria-expanded={shown || active}
          onClick={() => setShown(!shown)}
        >
          <IconAdjustmentsHorizontal size={18} stroke={1.8} aria-hidden />
          {t('filter.open')}
        </button>
        <span className={css.spread} />
        <SortMenu short />
        {view === 'board' && <ChooseButton />}
        <NewTaskButton compact />
        {(shown || active) && (
          <>
            <SearchField />
            <Filters />
          </>
        )}
      </search>
    );
  }
  return (
    <search className={css.toolbar} aria-label={t('filter.label')}>
      <SearchField />
      <Filters />
      <span className={css.spread} />
      <SortMenu />
      <fieldset className={css.views} aria-label={t('view')}>
        {(['board', 'table'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={view === one}
            onClick={() =>
              void navigate({
                search: ({ status, ...before }) => ({
                  ...before,
                  // closed tasks have no columns
                  ...(one === 'table' ? { status } : {}),
                  view: one,
                  page: undefined,
                }),
              })
            }
          >
            {t(one)}
          </button>
        ))}
      </fieldset>
      {touch && view === 'board' && <ChooseButton />}
      <NewTaskButton />
    </search>
  );
}

/** From then on a tap chooses: where there is no mouse, cards have no other way to be chosen. */
function ChooseButton() {
  const { t } = useTasksWords();
  const choosing = useIsChoosing();
  return (
    <button
      type="button"
      className={css.filter}
      aria-label={t('bulk.choose')}
      aria-pressed={choosing}
      onClick={choosing ? clearSelection : startChoosing}
    >
      <IconListCheck size={18} stroke={1.8} aria-hidden />
    </button>
  );
}

function SearchField() {
  const { t } = useTasksWords();
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <SearchBox
      label={t('filter.text')}
      value={q}
      onChange={(value) =>
        void navigate({ search: (before) => ({ ...before, q: value, page: undefined }), replace: true })
      }
    />
  );
}

function Filters() {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const choices = useFilterChoices();
  const set = (key: keyof TasksSearch) => (values: string[]) =>
    void navigate({
      search: (before) => ({ ...before, [key]: values.join(',') || undefined, page: undefined }),
    });
  const buckets = BUCKETS.map((value) => ({ value, label: common(`bucket.${value}`) }));
  return (
    <>
      {(['stage', 'departure', 'assignee', 'priority', 'status'] as const).map((key) => (
        <FilterMenu
          key={key}
          what={t(`filter.${key}`)}
          choices={choices[key]}
          values={valuesOf(search[key])}
          single={key === 'status' || key === 'departure'}
          onChange={set(key)}
        />
      ))}
      {search.bucket && (
        <FilterMenu
          what={t('filter.bucket')}
          choices={buckets}
          values={valuesOf(search.bucket)}
          onChange={set('bucket')}
        />
      )}
    </>
  );
}

function SortMenu({ short = false }: { short?: boolean }) {
  const { t } = useTasksWords();
  const { sort = 'risk' } = route.useSearch();
  const navigate = route.useNavigate();
  const known = SORTS.find((one) => one === sort);
  return (
    <Menu position="bottom-end" width={220} shadow="md">
      <Menu.Target>
        <button
          type="button"
          className={css.filter}
          aria-label={t('sort.label', { what: known ? t(`sort.${known}`) : sort })}
        >
          <IconArrowsSort size={16} stroke={1.8} aria-hidden />
          {!short && (known ? t(`sort.${known}`) : sort)}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={sort}
          onChange={(value) =>
            void navigate({
              search: (before) => ({
                ...before,
                sort: value === 'risk' ? undefined : (value as Sort),
                page: undefined,
              }),
            })
          }
        >
          {SORTS.map((one) => (
            <Menu.RadioItem key={one} value={one}>
              {t(`sort.${one}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

/** On phones the roles are a menu. */
function RoleMenu() {
  const { t } = useTasksWords();
  const roleName = useRoleName();
  const format = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const roles = useRoleCounts(filtersOf(search))?.roles ?? {};
  const name = search.role ? roleName(search.role) : t('all');
  return (
    <Menu position="bottom-start" width={220} shadow="md">
      <Menu.Target>
        <button type="button" className={css.filter} aria-label={t('tabs_named', { name })}>
          <IconUser size={18} stroke={1.8} aria-hidden />
          {name}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={search.role ?? ''}
          onChange={(role) =>
            void navigate({ search: (before) => ({ ...before, role: role || undefined, page: undefined }) })
          }
        >
          <Menu.RadioItem value="">{t('all')}</Menu.RadioItem>
          {Object.entries(roles).map(([role, count]) => (
            <Menu.RadioItem key={role} value={role}>
              {roleName(role)} · {format.count(count)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
