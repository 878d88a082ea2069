/** The page's name, how the connection stands, what time it is there, light or dark. */

import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconMoon, IconSun } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { TITLE_PLACE } from '@/shared/ui/PageTitle';
import css from './Header.module.css';
import { LivePill } from './LivePill';
import { useShellWords } from './words/shell';

export function Header() {
  return (
    <header className={css.header}>
      <div className={css.name}>
        <div id={TITLE_PLACE} />
        <Clock />
      </div>
      <div className={css.tools}>
        <LivePill />
        <span className={css.wide}>
          <Clock />
        </span>
        <SchemeSwitch />
      </div>
    </header>
  );
}

function Clock() {
  const format = useFormats();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time className={css.clock} dateTime={new Date(now).toISOString()}>
      {format.dayWithYear(now)} · {format.timeWithZone(now)}
    </time>
  );
}

function SchemeSwitch() {
  const { t } = useShellWords();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const Icon = scheme === 'dark' ? IconSun : IconMoon;
  return (
    <ActionIcon
      className={css.scheme}
      variant="subtle"
      color="gray"
      size={32}
      aria-label={t('theme.switch')}
      data-tip={t('theme.switch')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
}
