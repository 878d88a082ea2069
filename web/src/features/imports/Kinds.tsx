/** The kinds of problem with how many there are; choosing one shows those alone. */

import type { Problem, Report } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import css from './imports.module.css';
import { useImportWords } from './words';

export function Kinds({
  report,
  chosen,
  choose,
}: {
  report: Report;
  chosen: string | undefined;
  choose: (kind: string | undefined) => void;
}) {
  const { t } = useImportWords();
  const format = useFormats();
  const entry = (kind: Problem['code'] | undefined, words: string, count: number) => (
    <li key={kind ?? 'all'}>
      <button type="button" aria-pressed={chosen === kind} onClick={() => choose(kind)}>
        <span>{words}</span>
        <span>{format.count(count)}</span>
      </button>
    </li>
  );
  return (
    <nav className={`${css.panel} ${css.kinds}`} aria-label={t('kinds.title')}>
      <ul>{entry(undefined, t('kinds.all'), report.errors.length + report.warnings.length)}</ul>
      {report.errors.length > 0 && (
        <>
          <h3>{t('kinds.rejected')}</h3>
          <ul>{counted(report.errors).map(([kind, count]) => entry(kind, t(`kind.${kind}`), count))}</ul>
        </>
      )}
      {report.warnings.length > 0 && (
        <>
          <h3>{t('kinds.warnings')}</h3>
          <ul>{counted(report.warnings).map(([kind, count]) => entry(kind, t(`kind.${kind}`), count))}</ul>
        </>
      )}
    </nav>
  );
}

function counted(problems: Problem[]): [Problem['code'], number][] {
  const counts = new Map<Problem['code'], number>();
  for (const { code } of problems) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
