/** The task board: what is to be done, by whom, until when; as columns or as a table. */

import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import '@mantine/core/styles/Popover.layer.css';

import { useMediaQuery } from '@mantine/hooks';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, useCallback, useEffect, useMemo } from 'react';
import { Optional } from '@/shared/ui/Optional';
import { PageTitle } from '@/shared/ui/PageTitle';
import { usePhone } from '@/shared/ui/widths';
import { ActionsContext } from './actions';
import { Board, PhoneBoard } from './Board';
import { BulkBar } from './BulkBar';
import { useRun } from './commands';
import { useQuestion } from './dialogs';
import { useDropping } from './dropping';
import { useTaskKeys } from './keys';
import css from './page.module.css';
import { RoleTabs } from './RoleTabs';
import { filtersOf, viewOf } from './search';
import { clearSelection } from './selection';
import { Table } from './Table';
import { Toolbar } from './Toolbar';
import { useTasksWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/tasks');

const loadDrawer = () => import('./TaskDrawer');
const loadQuestions = () => import('./Questions');
const Drawer = lazy(loadDrawer);
const Questions = lazy(loadQuestions);

/** By then the board is drawn; a key that opens a dialog should not wait for it. */
const SOON_MS = 1500;

/** Where cards show their buttons always, and are higher. */
const TOUCH = '(hover: none)';

export function TasksPage() {
  const { t } = useTasksWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const phone = usePhone();
  const touch = useMediaQuery(TOUCH, window.matchMedia(TOUCH).matches);
  const view = viewOf(search, phone);
  const filters = useMemo(() => filtersOf(search), [search]);
  const open = useCallback(
    (id: string) => void navigate({ search: (before) => ({ ...before, task: id }), resetScroll: false }),
    [navigate],
  );
  const run = useRun(open);
  const actions = useMemo(() => ({ open, run }), [open, run]);
  useTaskKeys(actions);
  useDropping(actions);
  useEffect(() => {
    const timer = setTimeout(() => void Promise.allSettled([loadDrawer(), loadQuestions()]), SOON_MS);
    return () => {
      clearTimeout(timer);
      clearSelection();
    };
  }, []);
  return (
    <ActionsContext value={actions}>
      <div className={css.page}>
        <PageTitle>{t('title')}</PageTitle>
        <RoleTabs filters={filters} phone={phone} />
        <Toolbar phone={phone} touch={touch ?? false} view={view} />
        {view === 'table' ? (
          <Table filters={filters} />
        ) : phone ? (
          <PhoneBoard filters={filters} />
        ) : (
          <Board filters={filters} touch={touch} />
        )}
        {view === 'board' && <BulkBar filters={filters} floating />}
      </div>
      <Optional>{search.task && <Drawer key={search.task} id={search.task} />}</Optional>
      <Optional>
        <AskedFor />
      </Optional>
    </ActionsContext>
  );
}

function AskedFor() {
  const question = useQuestion();
  return question && <Questions question={question} />;
}
