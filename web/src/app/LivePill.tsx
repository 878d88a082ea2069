/** How the connection stands, in a word. Opened, it says more. Tells changes of state to screen readers, not ticks. */

import { IconCloudOff, IconLoader2, IconLock, IconLogin2, IconRefresh } from '@tabler/icons-react';
import { type ComponentProps, lazy, useEffect, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { type LiveStatus, useLiveStatus } from '@/shared/live/status';
import { askToSignIn } from '@/shared/session/session';
import { OnDemand } from '@/shared/ui/OnDemand';
import css from './LivePill.module.css';
import { useShellWords } from './words/shell';

const LiveDetails = lazy(() => import('./LiveDetails'));

const ICON = {
  connecting: IconLoader2,
  reconnecting: IconRefresh,
  offline: IconCloudOff,
  read_only: IconLock,
  signed_out: IconLogin2,
} as const;

/** Beyond this, seconds say nothing. */
const QUIET_AFTER_SECONDS = 60;

export function LivePill() {
  const { t } = useShellWords();
  const { state, attempts } = useLiveStatus();
  return (
    <>
      <OnDemand
        closed={(open) => <PillButton onClick={open} aria-haspopup="dialog" />}
        Opened={LiveDetails}
      />
      <span className={css.spoken} role="status">
        {state === 'reconnecting' ? t('live.reconnecting_spoken') : t(`live.${state}`, { attempts })}
      </span>
    </>
  );
}

export function PillButton({ onClick, ...button }: ComponentProps<'button'>) {
  const { t } = useShellWords();
  const status = useLiveStatus();
  const Icon = status.state === 'live' ? undefined : ICON[status.state];
  return (
    <button
      {...button}
      type="button"
      className={css.pill}
      data-state={status.state}
      onClick={status.state === 'signed_out' ? () => void askToSignIn() : onClick}
    >
      {Icon ? <Icon size={16} stroke={1.8} aria-hidden /> : <span className={css.dot} aria-hidden />}
      <span>{t(`live.${status.state}`, { attempts: status.attempts })}</span>
      <Rest status={status} />
    </button>
  );
}

/** After the word: how old what is shown can be. */
function Rest({ status }: { status: LiveStatus }) {
  const { t } = useShellWords();
  const format = useFormats();
  const seconds = useSecondsSince(status.heardAt);
  const time = format.time(status.dataAt);
  const rest = {
    connecting: '',
    live: seconds < QUIET_AFTER_SECONDS ? t('live.seconds', { seconds: Math.max(1, seconds) }) : '',
    reconnecting: t('live.data', { time }),
    offline: t('live.data_read_only', { time }),
    read_only: t('live.storage'),
    signed_out: t('live.sign_in'),
  }[status.state];
  return rest && <span className={css.rest}>· {rest}</span>;
}

function useSecondsSince(at: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.round((now - at) / 1000));
}
