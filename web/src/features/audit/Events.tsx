/** Events of the log, each with what it changed behind a press. */

import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { AuditEvent } from '@/shared/api/types';
import { useNameOf } from '@/shared/entities/people';
import { useStageNameOf } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useListWords } from '@/shared/words/lists';
import css from './audit.module.css';
import { fieldsOf, nameIn } from './difference';
import { isKnown } from './kinds';
import { useAuditWords } from './words';

export function Events({ of, only }: { of: AuditEvent[]; only: (request: string) => void }) {
  const { t } = useAuditWords();
  return (
    <ol className={css.events} aria-label={t('title')}>
      {of.map((event) => (
        <Event key={event.seq} event={event} only={only} />
      ))}
    </ol>
  );
}

function Event({ event, only }: { event: AuditEvent; only: (request: string) => void }) {
  const { t } = useAuditWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  const stageNameOf = useStageNameOf();
  const [open, setOpen] = useState(false);
  const id = useId();
  const { actor, kind } = event;
  const who =
    actor.type === 'system'
      ? lists('system')
      : (event.actor_name ?? lists(actor.type === 'user' ? 'somebody' : 'program'));
  const about = [nameIn(event.after), stageNameOf(event.stage_id)].filter(Boolean).join(' · ');
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <li className={css.event}>
      <button
        type="button"
        className={css.line}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <Icon size={16} stroke={1.8} aria-hidden />
        <time dateTime={event.occurred_at} className={css.when}>
          {format.day(event.occurred_at)} {format.time(event.occurred_at)}
        </time>
        <span className={css.who}>{who}</span>
        <strong className={css.what}>{isKnown(kind) ? t(`kind.${kind}`) : kind}</strong>
        <span className={css.about}>{about}</span>
        <span className={css.number}>#{format.count(event.seq)}</span>
      </button>
      {open && (
        <div id={id} className={css.details}>
          <Difference event={event} />
          <p className={css.request}>
            <span>
              {t('filter.request_label')} <code>{event.request_id}</code>
            </span>
            <button type="button" onClick={() => only(event.request_id)}>
              {t('same_request')}
            </button>
          </p>
        </div>
      )}
    </li>
  );
}

function Difference({ event }: { event: AuditEvent }) {
  const { t } = useAuditWords();
  const fields = fieldsOf(event);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways
    <section className={css.difference} tabIndex={0} aria-label={t('details', { seq: event.seq })}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('field')}</th>
            {event.before && <th scope="col">{t('before')}</th>}
            <th scope="col">{t(event.before ? 'after' : 'value')}</th>
          </tr>
        </thead>
        <tbody>
          {fields.map((field) => (
            <tr key={field.name}>
              <th scope="row">{field.name}</th>
              {event.before && (
                <td className={css.before}>
                  <Value of={field.before} />
                </td>
              )}
              <td className={event.before ? css.after : undefined}>
                <Value of={field.after} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-/;

/** Instants, people and stages in words; the rest as it is. */
function Value({ of }: { of: unknown }) {
  const { t } = useAuditWords();
  const format = useFormats();
  const nameOf = useNameOf();
  const stageNameOf = useStageNameOf();
  if (of === null || of === undefined || of === '' || (Array.isArray(of) && of.length === 0)) {
    return <em>{t('nothing')}</em>;
  }
  if (typeof of === 'boolean') return t(of ? 'yes' : 'no');
  if (Array.isArray(of) && of.every((one) => typeof one === 'string')) return of.join(', ');
  if (typeof of === 'object') return <code>{JSON.stringify(of)}</code>;
  const text = String(of);
  if (INSTANT.test(text)) return `${format.dayWithYear(text)} ${format.time(text)}`;
  if (ID.test(text)) return nameOf(text) ?? stageNameOf(text) ?? <code>{text}</code>;
  return text;
}
