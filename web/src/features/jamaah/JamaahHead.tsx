/** Who it is, how they stand, and what a manager may decide about their way. */

import { ActionIcon, Menu } from '@mantine/core';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';
import '@mantine/core/styles/Paper.layer.css';
import {
  IconArrowsMoveHorizontal,
  IconDots,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerTrackNext,
  IconUserX,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { JamaahDetail } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Contact } from '@/shared/ui/Contact';
import { FlagBadge, StatusBadge } from '@/shared/vocabulary/badges';
import type { Decision } from './DecisionDialog';
import css from './page.module.css';
import { useJamaahWords } from './words';

const DecisionDialog = lazy(() => import('./DecisionDialog'));
const EditDialog = lazy(() => import('./EditDialog'));

const ICON = { size: 16, stroke: 1.8, 'aria-hidden': true } as const;

export function JamaahHead({ of }: { of: JamaahDetail }) {
  const { t } = useJamaahWords();
  const format = useFormats();
  const { status, departure } = of;
  const [open, setOpen] = useState<Decision | 'edit'>();
  const closed =
    status.status === 'completed' || status.status === 'cancelled' ? t('decide.closed') : undefined;
  const advances = useRefusal('jamaah.advance') ?? closed;
  const holds = useRefusal('jamaah.hold') ?? closed;
  const moves = useRefusal('jamaah.move') ?? closed;
  const cancels = useRefusal('jamaah.cancel') ?? closed;
  const writes = useRefusal('jamaah.write');
  const held = status.on_hold;
  return (
    <header className={css.head}>
      <div className={css.who}>
        <h2>{of.name}</h2>
        <span className={css.badges}>
          <StatusBadge status={status.status} />
          {status.blocked && <FlagBadge flag="blocked" />}
          {status.on_hold && <FlagBadge flag="on_hold" />}
        </span>
        <p className={css.facts}>
          <span>{t('facts.passport', { number: of.passport_number })}</span>
          <span>
            <Link to="/dashboard/pipeline/departures/$id" params={{ id: of.departure_id }}>
              {departure?.code ?? t('form.departure_id')}
            </Link>{' '}
            {format.date(status.departure_date)}, {format.daysTo(format.daysUntil(status.departure_date))}
          </span>
          {of.package && <span>{of.package}</span>}
          {of.agent && <span>{of.agent}</span>}
        </p>
      </div>
      <div className={css.actions}>
        <Contact name={of.name} phone={of.phone} words />
        <Action
          variant="default"
          refusal={holds}
          leftSection={held ? <IconPlayerPlay {...ICON} /> : <IconPlayerPause {...ICON} />}
          onClick={() => setOpen(held ? 'resume' : 'hold')}
        >
          {t(held ? 'decide.resume.open' : 'decide.hold.open')}
        </Action>
        <Action
          refusal={advances}
          leftSection={<IconPlayerTrackNext {...ICON} />}
          onClick={() => setOpen('advance')}
        >
          {t('decide.advance.open')}
        </Action>
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="default" size={36} aria-label={t('decide.more')}>
              <IconDots size={18} stroke={1.8} aria-hidden />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item
              leftSection={<IconPencil {...ICON} />}
              disabled={writes !== undefined}
              title={writes}
              onClick={() => setOpen('edit')}
            >
              {t('edit.open')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowsMoveHorizontal {...ICON} />}
              disabled={moves !== undefined}
              title={moves}
              onClick={() => setOpen('move')}
            >
              {t('decide.move.open')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconUserX {...ICON} />}
              disabled={cancels !== undefined}
              title={cancels}
              onClick={() => setOpen('cancel')}
            >
              {t('decide.cancel.open')}
            </Menu.Item>
            {(moves ?? cancels ?? writes) && <Menu.Label>{moves ?? cancels ?? writes}</Menu.Label>}
          </Menu.Dropdown>
        </Menu>
      </div>
      <Suspense>
        {open === 'edit' && <EditDialog of={of} close={() => setOpen(undefined)} />}
        {open && open !== 'edit' && <DecisionDialog kind={open} of={of} close={() => setOpen(undefined)} />}
      </Suspense>
    </header>
  );
}
