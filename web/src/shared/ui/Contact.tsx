/** Ways to reach somebody: WhatsApp and the telephone. Both work when nothing else does. */

import { IconBrandWhatsapp, IconPhone } from '@tabler/icons-react';
import { useListWords } from '@/shared/words/lists';
import css from './contact.module.css';

/** A number as links take it: digits with the country in front. */
export function dialled(phone: string): string {
  const digits = phone.replace(/\D/g, '');
  return digits.startsWith('0') ? `62${digits.slice(1)}` : digits;
}

export function Contact({
  name,
  phone,
  words = false,
}: {
  name: string;
  phone: string | null | undefined;
  /** With the words beside the icons. */
  words?: boolean;
}) {
  const { t } = useListWords();
  if (!phone) return <span className={css.none}>{t('no_phone')}</span>;
  const number = dialled(phone);
  return (
    <span className={css.contact}>
      <a
        href={`https://wa.me/${number}`}
        target="_blank"
        rel="noreferrer"
        className={css.way}
        aria-label={t('whatsapp_to', { name })}
        data-tip={words ? undefined : t('whatsapp')}
      >
        <IconBrandWhatsapp size={16} stroke={1.8} aria-hidden />
        {words && t('whatsapp')}
      </a>
      <a
        href={`tel:+${number}`}
        className={css.way}
        aria-label={t('call_to', { name })}
        data-tip={words ? undefined : `${t('call')} ${phone}`}
      >
        <IconPhone size={16} stroke={1.8} aria-hidden />
        {words && t('call')}
      </a>
    </span>
  );
}
