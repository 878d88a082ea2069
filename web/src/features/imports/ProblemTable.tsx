/** Cells with something wrong, by row of the file; each with a field to repair it where the file can be rewritten. */

import type { Problem } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import table from '@/shared/ui/table.module.css';
import css from './imports.module.css';
import { columnOf, nameIn, type Sheet } from './sheet';
import { useProblemWords } from './useProblemWords';
import { useImportWords } from './words';

export interface Repairs {
  /** What was typed for a cell. */
  get: (row: number, column: number) => string | undefined;
  set: (row: number, column: number, value: string) => void;
}

export function ProblemTable({
  problems,
  sheet,
  repairs,
}: {
  problems: Problem[];
  /** Without it rows are told by their number only. */
  sheet: Sheet | undefined;
  repairs?: Repairs;
}) {
  const { t } = useImportWords();
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <caption className={css.hidden}>{t('problems.title')}</caption>
        <thead>
          <tr>
            <th scope="col" className={table.number}>
              {t('problems.row')}
            </th>
            {sheet && <th scope="col">{t('problems.who')}</th>}
            <th scope="col">{t('problems.column')}</th>
            <th scope="col">{t('problems.value')}</th>
            <th scope="col">{t('problems.problem')}</th>
            {repairs && <th scope="col">{t('problems.repair')}</th>}
          </tr>
        </thead>
        <tbody>
          {problems.map((problem) => (
            <Row
              key={`${problem.row}-${problem.column}-${problem.code}`}
              problem={problem}
              sheet={sheet}
              repairs={repairs}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  problem,
  sheet,
  repairs,
}: {
  problem: Problem;
  sheet: Sheet | undefined;
  repairs: Repairs | undefined;
}) {
  const { t } = useImportWords();
  const format = useFormats();
  const { sentence, example, isWarning } = useProblemWords(sheet);
  const column = sheet && columnOf(sheet, problem.column);
  const typed = column === undefined ? undefined : repairs?.get(problem.row, column);
  const name = sheet && nameIn(sheet, problem.row);
  return (
    <tr data-changed={typed === undefined ? undefined : true}>
      <td className={table.number}>{format.count(problem.row)}</td>
      {sheet && (
        <th scope="row">
          {name ? (
            <span className={table.clip}>{name}</span>
          ) : (
            <span className={table.faint}>{t('problems.nameless')}</span>
          )}
        </th>
      )}
      <td className={table.quiet}>{problem.column}</td>
      <td>
        <span
          className={css.found}
          data-empty={problem.value === '' || undefined}
          data-warning={isWarning(problem) || undefined}
        >
          {problem.value || t('problems.empty')}
        </span>
      </td>
      <td className={css.sentence}>{sentence(problem)}</td>
      {repairs && (
        <td>
          <input
            className={css.repair}
            aria-label={t('problems.repair_cell', { row: problem.row, column: problem.column })}
            placeholder={column === undefined ? t('problems.not_here') : example(problem)}
            disabled={column === undefined}
            value={typed ?? ''}
            onChange={({ target }) => column !== undefined && repairs.set(problem.row, column, target.value)}
          />
        </td>
      )}
    </tr>
  );
}
