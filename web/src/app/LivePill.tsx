/** How the connection stands, in a word. Opened, it says more. Tells changes of state to screen readers, not ticks. */

import { IconCloudOff, IconLoader2, IconLock, IconLogin2, IconRefresh } from '@tabler/icons-react';
import { type ComponentProps, lazy, useEffect, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { type LiveState, liveStatus, useLive, useLiveState } from '@/shared/live/status';
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
  const state = useLiveState();
  const attempts = useLive((live) => live.attempts);
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
  const state = useLiveState();
  const attempts = useLive((live) => live.attempts);
  const Icon = state === 'live' ? undefined : ICON[state];
  return (
    <button
      {...button}
      type="button"
      className={css.pill}
      data-state={state}
      onClick={state === 'signed_out' ? () => void askToSignIn() : onClick}
    >
      {Icon ? <Icon size={16} stroke={1.8} aria-hidden /> : <span className={css.dot} aria-hidden />}
      <span>{t(`live.${state}`, { attempts })}</span>
      <Rest state={state} />
    </button>
  );
}

/** After the word: how old what is shown can be. */
function Rest({ state }: { state: LiveState }) {
  const { t } = useShellWords();
  const format = useFormats();
  const dataAt = useLive((live) => live.dataAt);
  const seconds = useSecondsUnheard();
  const time = format.time(dataAt);
  const rest = {
    connecting: '',
    live: seconds < QUIET_AFTER_SECONDS ? t('live.seconds', { seconds: Math.max(1, seconds) }) : '',
    reconnecting: t('live.data', { time }),
    offline: t('live.data_read_only', { time }),
    read_only: t('live.storage'),
    signed_out: t('live.sign_in'),
  }[state];
  return rest && <span className={css.rest}>· {rest}</span>;
}

/** Looks once a second instead of with every message. */
function useSecondsUnheard(): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setSeconds(Math.max(0, Math.round((Date.now() - liveStatus().heardAt) / 1000)));
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}
