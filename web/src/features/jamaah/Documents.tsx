/** What the papers say, and whether the passport is valid for long enough. */

import { IconAlertTriangle, IconCircleCheckFilled } from '@tabler/icons-react';
import { addDays } from 'date-fns';
import type { JamaahDetail } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { Help } from '@/shared/ui/Help';
import { Section } from '@/shared/ui/Section';
import { useCommonWords } from '@/shared/words/common';
import css from './page.module.css';
import { useJamaahWords } from './words';

/** A passport must be valid for so long at the departure. */
const PASSPORT_DAYS = 180;

/** Whether a passport lasts, by dates without times. */
export const lastsUntil = (expiry: string, departure: string): boolean =>
  new Date(`${expiry}T00:00:00Z`) >= addDays(new Date(`${departure}T00:00:00Z`), PASSPORT_DAYS);

export function Documents({ of }: { of: JamaahDetail }) {
  const { t } = useJamaahWords();
  const { t: common } = useCommonWords();
  const format = useFormats();
  const words: [string, string | null | undefined][] = [
    [t('form.birth_date'), format.documentDate(of.birth_date)],
    [t('form.sex'), of.sex && t(`form.${of.sex}`)],
    [t('form.nationality'), of.nationality],
    [t('form.phone'), of.phone],
    [t('form.package'), of.package],
    [t('form.agent'), of.agent],
    [t('form.notes'), of.notes],
  ];
  return (
    <Section
      title={t('documents.title')}
      aside={<Help about={t('documents.passport')}>{t('documents.help', { count: PASSPORT_DAYS })}</Help>}
      skeleton={null}
    >
      <dl className={css.pairs}>
        <dt>{t('form.passport_number')}</dt>
        <dd>{of.passport_number}</dd>
        <dt>{t('documents.passport')}</dt>
        <dd>
          <Passport expiry={of.passport_expiry} departure={of.status.departure_date} />
        </dd>
        {words.map(([label, value]) => (
          <div key={label} className={css.pair}>
            <dt>{label}</dt>
            <dd>{value || <span className={css.none}>{common('no_data')}</span>}</dd>
          </div>
        ))}
      </dl>
    </Section>
  );
}

function Passport({ expiry, departure }: { expiry: string | null | undefined; departure: string }) {
  const { t } = useJamaahWords();
  const { t: common } = useCommonWords();
  const format = useFormats();
  if (!expiry) return <span className={css.none}>{common('no_data')}</span>;
  const day = format.documentDate(expiry);
  if (lastsUntil(expiry, departure)) {
    return (
      <span className={css.judged}>
        <IconCircleCheckFilled size={14} aria-hidden />
        {t('documents.until', { day })}
      </span>
    );
  }
  return (
    <span className={css.judged} data-late>
      <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
      {t('documents.too_short', { day })}
    </span>
  );
}
