/** What a file would do: totals, problems by kind, and repairs that go into a corrected file. */

import { Button } from '@mantine/core';
import { IconArrowBack, IconDownload, IconFileImport, IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { USUAL_PAGE_SIZE } from '@/shared/search';
import { Pager } from '@/shared/ui/Pager';
import { useErrorWords } from '@/shared/words/errors';
import type { Tried } from './ImportsPage';
import css from './imports.module.css';
import { Kinds } from './Kinds';
import { ProblemTable } from './ProblemTable';
import type { ImportsSearch } from './search';
import { type Repair, table } from './sheet';
import { Totals } from './Totals';
import { useProblemWords } from './useProblemWords';
import { useImportWords } from './words';

export function Review({
  tried,
  search,
  change,
  refusal,
  busy,
  starting,
  error,
  again,
  start,
  leave,
}: {
  tried: Tried;
  search: ImportsSearch;
  change: (next: ImportsSearch) => void;
  refusal: string | undefined;
  /** It is being looked at again. */
  busy: boolean;
  starting: boolean;
  error: unknown;
  again: (file: File) => void;
  start: () => void;
  leave: () => void;
}) {
  const { t } = useImportWords();
  const format = useFormats();
  const errorWords = useErrorWords();
  const { file, sheet, report } = tried;
  const [repairs, setRepairs] = useRepairs(tried);
  const { sentence } = useProblemWords(sheet);
  const problems = [...report.errors, ...report.warnings];
  const shown = search.problem ? problems.filter(({ code }) => code === search.problem) : problems;
  const limit = search.limit ?? USUAL_PAGE_SIZE;
  const page = Math.min(search.page ?? 1, Math.max(1, Math.ceil(shown.length / limit)));
  const from = (page - 1) * limit;
  const good = report.rows - report.rejected;
  const unread = report.errors.some(({ code }) => code === 'unreadable_file' || code === 'missing_column');

  const checkAgain = () => {
    if (!sheet) return;
    again(sheet.corrected(file.name, repairs.values()));
  };
  const downloadProblems = () =>
    save(
      table([
        [t('problems.row'), t('problems.column'), t('problems.value'), t('problems.problem')],
        ...problems.map((one) => [String(one.row), one.column, one.value, sentence(one)]),
      ]),
      `${file.name.replace(/\.\w+$/, '')}-${t('problems.file')}.csv`,
    );

  return (
    <>
      <Totals tried={tried} />
      {problems.length > 0 && (
        <div className={css.columns}>
          <Kinds
            report={report}
            chosen={search.problem}
            choose={(problem) => change(problem ? { problem } : {})}
          />
          <section className={css.panel} aria-label={t('problems.title')}>
            <ProblemTable
              problems={shown.slice(from, from + limit)}
              sheet={sheet}
              repairs={{
                get: (row, column) => repairs.get(`${row}:${column}`)?.value,
                set: (row, column, value) => setRepairs({ row, column, value }),
              }}
            />
            {!sheet && <p className={css.cut}>{t('problems.not_readable')}</p>}
            {report.omitted > 0 && (
              <p className={css.cut}>{t('problems.omitted', { count: report.omitted })}</p>
            )}
            <Pager
              page={page}
              limit={limit}
              total={shown.length}
              onPage={(next) => change({ ...search, page: next })}
              onLimit={(next) => change({ ...search, page: 1, limit: next })}
            >
              {t('problems.range', {
                range: format.range(Math.min(from + 1, shown.length), Math.min(from + limit, shown.length)),
                count: shown.length,
              })}
            </Pager>
          </section>
        </div>
      )}
      {Boolean(error) && !busy && !starting && (
        <p className={css.failed} role="alert">
          {errorWords(error)}
        </p>
      )}
      <footer className={css.foot}>
        <Button
          variant="default"
          leftSection={<IconArrowBack size={16} stroke={1.8} aria-hidden />}
          onClick={leave}
        >
          {t('review.other_file')}
        </Button>
        {problems.length > 0 && (
          <Button
            variant="default"
            leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
            onClick={downloadProblems}
          >
            {t('review.download', { count: problems.length })}
          </Button>
        )}
        <span className={css.footText} role="status">
          {repairs.size > 0
            ? t('review.repairs', { count: repairs.size })
            : report.rejected > 0 &&
              t('review.rejected', { count: report.rejected, rows: format.count(report.rejected) })}
        </span>
        {repairs.size > 0 && (
          <Button
            loading={busy}
            leftSection={<IconRefresh size={16} stroke={1.8} aria-hidden />}
            onClick={checkAgain}
          >
            {t('review.again', { count: repairs.size })}
          </Button>
        )}
        <Button
          variant={repairs.size > 0 ? 'default' : 'filled'}
          loading={starting}
          disabled={refusal !== undefined || unread || good === 0}
          leftSection={<IconFileImport size={16} stroke={1.8} aria-hidden />}
          onClick={start}
        >
          {t('review.start', { count: good, rows: format.count(good) })}
        </Button>
      </footer>
    </>
  );
}

/** What was typed into cells; gone when the corrected file has been looked at. */
function useRepairs(tried: Tried): [Map<string, Repair>, (repair: Repair) => void] {
  const [all, setAll] = useState<{ of: Tried; repairs: Map<string, Repair> }>({
    of: tried,
    repairs: new Map(),
  });
  const repairs = useMemo(() => (all.of === tried ? all.repairs : new Map<string, Repair>()), [all, tried]);
  const set = (repair: Repair) => {
    const next = new Map(repairs);
    const key = `${repair.row}:${repair.column}`;
    if (repair.value === '') next.delete(key);
    else next.set(key, repair);
    setAll({ of: tried, repairs: next });
  };
  return [repairs, set];
}

function save(text: string, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
