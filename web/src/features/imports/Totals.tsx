/** How many rows there are, how many would go in, and how many not. */

import { IconCircleCheckFilled, IconCircleX, IconExclamationCircle } from '@tabler/icons-react';
import { useFormats } from '@/shared/format/formats';
import { StackedBar } from '@/shared/vocabulary/StackedBar';
import type { Tried } from './ImportsPage';
import css from './imports.module.css';
import { useImportWords } from './words';

const DELIMITER: Record<string, 'semicolon' | 'comma' | 'tab' | 'bar'> = {
  ';': 'semicolon',
  ',': 'comma',
  '\t': 'tab',
  '|': 'bar',
};

export function Totals({ tried: { file, sheet, report } }: { tried: Tried }) {
  const { t } = useImportWords();
  const format = useFormats();
  const rejected = new Set(report.errors.map(({ row }) => row));
  const warned = new Set(report.warnings.map(({ row }) => row).filter((row) => !rejected.has(row))).size;
  const good = report.rows - report.rejected;
  const kinds = new Set(report.errors.map(({ code }) => code)).size;
  const delimiter = sheet?.delimiter && DELIMITER[sheet.delimiter];
  return (
    <section className={css.totals} aria-label={t('totals.title')}>
      <div className={css.total}>
        <h2>{file.name}</h2>
        <b>{format.count(report.rows)}</b>
        <span>{t(delimiter ? `totals.${delimiter}` : 'totals.excel')}</span>
      </div>
      <div className={css.total}>
        <h2>
          <IconCircleCheckFilled size={14} aria-hidden className={css.ok} />
          {t('totals.good')}
        </h2>
        <b>{format.count(good)}</b>
        <span>
          {t('totals.split', {
            created: format.count(report.created),
            updated: format.count(report.updated),
            unchanged: format.count(report.unchanged),
          })}
        </span>
      </div>
      <div className={css.total}>
        <h2>
          <IconCircleX size={14} stroke={1.8} aria-hidden className={css.bad} />
          {t('totals.rejected')}
        </h2>
        <b>{format.count(report.rejected)}</b>
        <span>{t('totals.kinds', { count: kinds })}</span>
      </div>
      <div className={css.total}>
        <h2>
          <IconExclamationCircle size={14} stroke={1.8} aria-hidden className={css.warn} />
          {t('totals.warnings')}
        </h2>
        <b>{format.count(report.warnings.length)}</b>
        <span>{t('totals.warnings_text')}</span>
      </div>
      <div className={css.total}>
        <StackedBar late={report.rejected} risk={warned} ok={good - warned} waiting={0} />
        <span>
          {t('totals.parts', {
            rejected: format.count(report.rejected),
            warned: format.count(warned),
            clean: format.count(good - warned),
          })}
        </span>
        {report.ignored_rows.length > 0 && (
          <span>{t('totals.ignored_rows', { count: report.ignored_rows.length })}</span>
        )}
        {report.ignored_columns.length > 0 && (
          <span>{t('totals.ignored_columns', { columns: report.ignored_columns.join(', ') })}</span>
        )}
      </div>
    </section>
  );
}
