/** How the connection stands, in a word. Opened, it says more. Tells changes of state to screen readers, not ticks. */

import { Button, Popover } from '@mantine/core';
import { IconCloudOff, IconLoader2, IconLock, IconLogin2, IconRefresh } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { reconnect } from '@/shared/live/connection';
import { type LiveStatus, useLiveStatus } from '@/shared/live/status';
import { askToSignIn } from '@/shared/session/session';
import css from './LivePill.module.css';
import { useShellWords } from './words/shell';

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
  const status = useLiveStatus();
  const [opened, setOpened] = useState(false);
  const word = t(`live.${status.state}`, { attempts: status.attempts });
  const Icon = status.state === 'live' ? undefined : ICON[status.state];
  const press = () => {
    if (status.state === 'signed_out') void askToSignIn();
    else setOpened(!opened);
  };
  return (
    <>
      <Popover
        opened={opened}
        onChange={setOpened}
        position="bottom-end"
        width={280}
        shadow="md"
        withRoles
        trapFocus
      >
        <Popover.Target>
          <button type="button" className={css.pill} data-state={status.state} onClick={press}>
            {Icon ? <Icon size={16} stroke={1.8} aria-hidden /> : <span className={css.dot} aria-hidden />}
            <span>{word}</span>
            <Rest status={status} />
          </button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('live.details')}>
          <Details status={status} />
        </Popover.Dropdown>
      </Popover>
      <span className={css.spoken} role="status">
        {status.state === 'reconnecting' ? t('live.reconnecting', { attempts: '' }).replace(' ()', '') : word}
      </span>
    </>
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

function Details({ status }: { status: LiveStatus }) {
  const { t } = useShellWords();
  const format = useFormats();
  const rows: [string, string][] = [
    [t('live.attempts'), format.count(status.attempts)],
    [t('live.heard'), format.ago(status.heardAt)],
    [t('live.delay'), status.delayMs === undefined ? '–' : t('live.milliseconds', { count: status.delayMs })],
    [t('live.seq'), status.seq === undefined ? '–' : format.count(status.seq)],
  ];
  return (
    <>
      <dl className={css.details}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Button variant="default" fullWidth mt={8} onClick={reconnect}>
        {t('live.connect')}
      </Button>
    </>
  );
}

function useSecondsSince(at: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.round((now - at) / 1000));
}
