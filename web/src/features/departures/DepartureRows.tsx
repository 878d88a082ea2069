/** The rows of the list: a table, on phones cards. */

import { Link } from '@tanstack/react-router';
import type { DepartureReport } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import table from '@/shared/ui/table.module.css';
import { usePhone } from '@/shared/ui/widths';
import { StackedBar } from '@/shared/vocabulary/StackedBar';
import { useCommonWords } from '@/shared/words/common';
import css from './departures.module.css';
import { useReadyWords } from './useReadyWords';
import { useDepartureWords } from './words';

/** How the people divide, as the bar shows it. */
export const barOf = ({ by_status, waiting, ready }: DepartureReport) => ({
  late: by_status.overdue,
  risk: by_status.at_risk,
  ok: Math.max(0, by_status.on_track - waiting) + ready,
  waiting: Math.min(waiting, by_status.on_track),
});

export function DepartureRows({ of }: { of: DepartureReport[] }) {
  const { t } = useDepartureWords();
  const { t: common } = useCommonWords();
  const isPhone = usePhone();
  if (isPhone) {
    return (
      <ul className={table.cards}>
        {of.map((one) => (
          <Card key={one.id} one={one} />
        ))}
      </ul>
    );
  }
  return (
    <table className={table.table}>
      <caption className={css.hidden}>{t('title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('column.date')}</th>
          <th scope="col">{t('column.code')}</th>
          <th scope="col">{t('column.package')}</th>
          <th scope="col" className={table.number}>
            {t('column.people')}
          </th>
          <th scope="col">{t('column.ready')}</th>
          <th scope="col">{t('column.standing')}</th>
          <th scope="col" className={table.number}>
            {common('status.overdue')}
          </th>
          <th scope="col" className={table.number}>
            {common('status.at_risk')}
          </th>
          <th scope="col" className={table.number}>
            {common('flag.blocked')}
          </th>
        </tr>
      </thead>
      <tbody>
        {of.map((one) => (
          <Row key={one.id} one={one} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ one }: { one: DepartureReport }) {
  const format = useFormats();
  const ready = useReadyWords();
  const { by_status: status } = one;
  return (
    <tr>
      <th scope="row">
        <Link to="/dashboard/pipeline/departures/$id" params={{ id: one.id }} className={table.link}>
          {format.date(one.departure_date)}
        </Link>{' '}
        <span className={table.faint}>· {format.daysTo(one.days_to_departure)}</span>
      </th>
      <td className={table.figure}>{one.code}</td>
      <td className={table.quiet}>{one.package}</td>
      <td className={table.number}>
        {one.seats == null
          ? format.count(one.people)
          : `${format.count(one.people)} / ${format.count(one.seats)}`}
      </td>
      <td>{ready(one)}</td>
      <td>
        <span className={css.bar}>
          <StackedBar {...barOf(one)} />
        </span>
      </td>
      <Figure value={status.overdue} tone="late" />
      <Figure value={status.at_risk} tone="risk" />
      <Figure value={one.blocked} />
    </tr>
  );
}

/** Zero is shown, quietly. */
function Figure({ value, tone }: { value: number; tone?: 'late' | 'risk' }) {
  const format = useFormats();
  return (
    <td className={table.number}>
      <span className={css.figure} data-tone={value > 0 ? (tone ?? 'ink') : undefined}>
        {format.count(value)}
      </span>
    </td>
  );
}

function Card({ one }: { one: DepartureReport }) {
  const { t } = useDepartureWords();
  const format = useFormats();
  const ready = useReadyWords();
  return (
    <li className={table.card}>
      <Link to="/dashboard/pipeline/departures/$id" params={{ id: one.id }} className={table.link}>
        {format.date(one.departure_date)} · {format.daysTo(one.days_to_departure)}
      </Link>
      <span className={table.quiet}>{one.code}</span>
      <span className={css.cardRow}>
        <span>{ready(one)}</span>
        <span data-tone={one.by_status.overdue > 0 ? 'late' : undefined} className={css.figure}>
          {t('late_people', { count: one.by_status.overdue, people: format.count(one.by_status.overdue) })}
        </span>
      </span>
      <span className={css.cardBar}>
        <StackedBar {...barOf(one)} />
      </span>
    </li>
  );
}
