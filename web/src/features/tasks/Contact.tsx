/** WhatsApp and call, side by side. They work without a connection to the server. */

import { IconBrandWhatsapp, IconPhone } from '@tabler/icons-react';
import css from './actions.module.css';
import { callLink, whatsappLink } from './links';
import { useTasksWords } from './words';

export function Contact({ phone, name }: { phone: string | null | undefined; name: string }) {
  const { t } = useTasksWords();
  if (!phone) return null;
  const chat = t('action.whatsapp', { name });
  const call = t('action.call', { name });
  return (
    <>
      <a
        className={css.link}
        href={whatsappLink(phone)}
        target="_blank"
        rel="noreferrer"
        aria-label={chat}
        data-tip={chat}
        data-whatsapp
      >
        <IconBrandWhatsapp size={16} stroke={1.8} aria-hidden />
      </a>
      <a className={css.link} href={callLink(phone)} aria-label={call} data-tip={call}>
        <IconPhone size={16} stroke={1.8} aria-hidden />
      </a>
    </>
  );
}
