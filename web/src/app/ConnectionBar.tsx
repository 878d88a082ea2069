/** Above the page while it cannot be changed: what is seen is the latest data. */

import { IconCloudOff, IconLock } from '@tabler/icons-react';
import { useFormats } from '@/shared/format/formats';
import { reconnectNow } from '@/shared/live/live';
import { useLive, useLiveState } from '@/shared/live/status';
import css from './ConnectionBar.module.css';
import { useShellWords } from './words/shell';

export function ConnectionBar() {
  const { t } = useShellWords();
  const format = useFormats();
  const state = useLiveState();
  const dataAt = useLive((live) => live.dataAt);
  if (state !== 'offline' && state !== 'read_only') return null;
  const Icon = state === 'offline' ? IconCloudOff : IconLock;
  return (
    <section className={css.bar} data-state={state} aria-label={t('live.details')}>
      <Icon size={18} stroke={1.8} aria-hidden />
      <span>{state === 'offline' ? t('offline', { time: format.time(dataAt) }) : t('read_only')}</span>
      {state === 'offline' && (
        <button type="button" onClick={reconnectNow}>
          {t('live.connect')}
        </button>
      )}
    </section>
  );
}
