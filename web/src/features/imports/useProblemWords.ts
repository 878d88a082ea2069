/** What is wrong with a cell, in a sentence, and what would be right. */

import type { Problem } from '@/shared/api/types';
import { columnOf, firstWith, nameIn, type Sheet } from './sheet';
import { useImportWords } from './words';

const WARNINGS: Problem['code'][] = ['one_word_name', 'passport_expires_soon', 'departure_in_past'];

export function useProblemWords(sheet: Sheet | undefined) {
  const { t } = useImportWords();

  const sentence = (problem: Problem): string => {
    if (problem.code !== 'duplicate_in_file' || !sheet) return t(`problem.${problem.code}`);
    const column = columnOf(sheet, problem.column);
    const row = column === undefined ? undefined : firstWith(sheet, column, problem.row);
    if (row === undefined) return t('problem.duplicate_in_file');
    const name = nameIn(sheet, row);
    return name ? t('problem.same_as_named', { row, name }) : t('problem.same_as', { row });
  };

  /** By what the column is called, as headers differ. */
  const example = ({ code, column }: Problem): string => {
    if (
      code === 'invalid_date' ||
      code === 'date_in_future' ||
      /t[ag]*gl|tanggal|date|lahir|berlaku|birth|expir/i.test(column)
    ) {
      return t('example.date');
    }
    return /paspor|pass?port/i.test(column) ? t('example.passport') : t('example.text');
  };

  return { sentence, example, isWarning: ({ code }: Problem) => WARNINGS.includes(code) };
}
