/** What more there is to know about the live connection: attempts, delay, the number of the last event. */

import '@mantine/core/styles/Popover.layer.css';

import { Button, Popover } from '@mantine/core';
import { useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { reconnectNow } from '@/shared/live/live';
import { useLive } from '@/shared/live/status';
import { PillButton } from './LivePill';
import css from './LivePill.module.css';
import { useShellWords } from './words/shell';

export default function LiveDetails() {
  const { t } = useShellWords();
  const [opened, setOpened] = useState(true);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} shadow="md" trapFocus>
      <Popover.Target>
        <PillButton onClick={() => setOpened(!opened)} />
      </Popover.Target>
      <Popover.Dropdown aria-label={t('live.details')}>
        <Details />
      </Popover.Dropdown>
    </Popover>
  );
}

function Details() {
  const status = useLive((live) => live);
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
      <Button variant="default" fullWidth mt={8} onClick={reconnectNow}>
        {t('live.connect')}
      </Button>
    </>
  );
}
