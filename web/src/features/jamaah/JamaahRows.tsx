/** The rows of the list: a table, on phones cards. Each draws its own person, and glows when a colleague changed them. */

import { Link } from '@tanstack/react-router';
import type { JamaahCard } from '@/shared/api/types';
import { useJamaah } from '@/shared/entities/jamaah';
import { useStageNameOf } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useChange } from '@/shared/live/changes';
import { Contact } from '@/shared/ui/Contact';
import { Due } from '@/shared/ui/Due';
import table from '@/shared/ui/table.module.css';
import { usePhone } from '@/shared/ui/widths';
import { FlagBadge, RiskBar, StatusBadge } from '@/shared/vocabulary/badges';
import { useCommonWords } from '@/shared/words/common';
import { useListWords } from '@/shared/words/lists';
import css from './jamaah.module.css';
import { useJamaahWords } from './words';

export function JamaahRows({ ids }: { ids: string[] }) {
  const { t } = useJamaahWords();
  const { t: common } = useCommonWords();
  const isPhone = usePhone();
  if (isPhone) {
    return (
      <ul className={table.cards}>
        {ids.map((id) => (
          <Card key={id} id={id} />
        ))}
      </ul>
    );
  }
  return (
    <table className={table.table}>
      <caption className={css.hidden}>{t('title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('column.name')}</th>
          <th scope="col">{t('column.passport')}</th>
          <th scope="col">{t('column.departure')}</th>
          <th scope="col">{t('column.stage')}</th>
          <th scope="col">{t('column.status')}</th>
          <th scope="col">{t('column.due')}</th>
          <th scope="col" className={table.number}>
            {t('column.progress')}
          </th>
          <th scope="col">{common('risk_label')}</th>
          <th scope="col">{t('column.contact')}</th>
        </tr>
      </thead>
      <tbody>
        {ids.map((id) => (
          <Row key={id} id={id} />
        ))}
      </tbody>
    </table>
  );
}

/** Whether a colleague has changed this person just now. */
function useGlow(id: string): true | undefined {
  const person = useChange(`jamaah:${id}`);
  const status = useChange(`jamaah_status:${id}`);
  return (person ?? status) ? true : undefined;
}

function Badges({ of }: { of: JamaahCard }) {
  return (
    <span className={table.badges}>
      <StatusBadge status={of.status} />
      {of.blocked && <FlagBadge flag="blocked" />}
      {of.on_hold && <FlagBadge flag="on_hold" />}
    </span>
  );
}

const isOpen = ({ status }: JamaahCard) => status !== 'completed' && status !== 'cancelled';

function Row({ id }: { id: string }) {
  const { t } = useListWords();
  const { t: common } = useCommonWords();
  const format = useFormats();
  const stageName = useStageNameOf();
  const glow = useGlow(id);
  const one = useJamaah(id);
  if (!one) return null;
  const stage = stageName(one.current_stage_id) ?? one.current_stage_code ?? '';
  return (
    <tr data-changed={glow}>
      <th scope="row">
        <Link to="/dashboard/pipeline/jamaah/$id" params={{ id }} className={table.link}>
          <span className={table.clip} title={one.name}>
            {one.name}
          </span>
        </Link>
      </th>
      <td className={table.figure}>{one.passport_number}</td>
      <td>
        <Link to="/dashboard/pipeline/departures/$id" params={{ id: one.departure_id }} className={css.code}>
          {one.departure_code}
        </Link>{' '}
        <span className={table.faint}>· {format.daysTo(format.daysUntil(one.departure_date))}</span>
      </td>
      <td className={table.quiet}>
        <span className={table.clip} title={stage}>
          {stage}
        </span>
      </td>
      <td>
        <Badges of={one} />
      </td>
      <td>{isOpen(one) ? <Due at={one.due_at} /> : null}</td>
      <td className={table.number}>{format.percent(one.progress_percent / 100, 0)}</td>
      <td>
        {isOpen(one) && one.readiness_probability == null ? (
          <span className={css.noData} data-tip={t('no_forecast')}>
            {common('no_data')}
          </span>
        ) : (
          isOpen(one) && <RiskBar risk={one.risk} probability={one.readiness_probability} />
        )}
      </td>
      <td>
        <Contact name={one.name} phone={one.phone} />
      </td>
    </tr>
  );
}

function Card({ id }: { id: string }) {
  const format = useFormats();
  const stageName = useStageNameOf();
  const glow = useGlow(id);
  const one = useJamaah(id);
  if (!one) return null;
  return (
    <li className={table.card} data-changed={glow}>
      <Link to="/dashboard/pipeline/jamaah/$id" params={{ id }} className={table.link}>
        {one.name}
      </Link>
      <Contact name={one.name} phone={one.phone} />
      <span className={css.wholeRow}>
        {one.departure_code} · {format.daysTo(format.daysUntil(one.departure_date))} ·{' '}
        {stageName(one.current_stage_id)}
      </span>
      <span className={css.cardFoot}>
        <Badges of={one} />
        {isOpen(one) && <Due at={one.due_at} />}
      </span>
    </li>
  );
}
