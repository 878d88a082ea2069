/** What concerned whoever looks, the newest first; opening something marks it as read. */

import '@mantine/core/styles/Popover.layer.css';

import { Popover } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBellOff,
  IconClockExclamation,
  IconHandStop,
  IconMessage,
  IconUserPlus,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useNameOf } from '@/shared/entities/people';
import { useStageNameOf } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { markRead } from '@/shared/news/news';
import { Empty } from '@/shared/ui/Empty';
import { useCommonWords } from '@/shared/words/common';
import { BellButton } from './NewsBell';
import css from './NewsBell.module.css';
import { type NewsItem, useNewsItems } from './useNewsItems';
import { useShellWords } from './words/shell';

const ICON = {
  assigned: IconUserPlus,
  overdue: IconClockExclamation,
  blocked: IconHandStop,
  commented: IconMessage,
  alert: IconAlertTriangle,
};

export default function NewsPanel() {
  const { t } = useShellWords();
  const [opened, setOpened] = useState(true);
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-end"
      width="min(380px, 100vw - 16px)"
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>
        <BellButton onClick={() => setOpened(!opened)} />
      </Popover.Target>
      <Popover.Dropdown aria-label={t('news.title')} p={0}>
        <List close={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

function List({ close }: { close: () => void }) {
  const { t } = useShellWords();
  const items = useNewsItems();
  const unread = items.filter((item) => item.unread).map(({ id }) => id);
  return (
    <>
      <div className={css.head}>
        <h2>{t('news.title')}</h2>
        {unread.length > 0 && (
          <button type="button" onClick={() => markRead(unread)}>
            {t('news.mark_all')}
          </button>
        )}
      </div>
      {items.length === 0 ? (
        <Empty icon={IconBellOff} title={t('news.empty')}>
          {t('news.empty_text')}
        </Empty>
      ) : (
        // a list that scrolls can be scrolled by keyboard
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        <ul className={css.list} tabIndex={0} aria-label={t('news.title')}>
          {items.map((item) => (
            <li key={item.id}>
              <Entry item={item} close={close} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Entry({ item, close }: { item: NewsItem; close: () => void }) {
  const { t } = useShellWords();
  const { t: common } = useCommonWords();
  const format = useFormats();
  const nameOf = useNameOf();
  const stageNameOf = useStageNameOf();
  const Icon = ICON[item.kind];
  const name = item.kind === 'alert' ? '' : (nameOf(item.by) ?? t('concerns.somebody'));
  const words =
    item.kind === 'alert'
      ? t('news.alert', { severity: common(`severity.${item.severity}`) })
      : t(`news.${item.kind}`, { name });
  const text = item.kind === 'alert' ? stageNameOf(item.stage) : item.text;
  const content: ReactNode = (
    <>
      <Icon size={18} stroke={1.8} aria-hidden />
      <span className={css.words}>
        <strong>{words}</strong>
        <span className={css.text}>{text}</span>
      </span>
      <span className={css.when}>
        {format.ago(item.at)}
        {item.unread && <i className={css.dot} role="img" aria-label={t('news.new')} />}
      </span>
    </>
  );
  const shared = {
    className: css.item,
    'data-unread': item.unread || undefined,
    'data-tone': item.kind === 'overdue' || item.kind === 'alert' ? 'late' : undefined,
    onClick: () => {
      markRead([item.id]);
      close();
    },
  };
  return item.kind === 'alert' ? (
    <Link to="/dashboard/pipeline" hash="bottlenecks" {...shared}>
      {content}
    </Link>
  ) : (
    <Link to="/dashboard/pipeline/tasks" search={{ task: item.task }} {...shared}>
      {content}
    </Link>
  );
}
