/** The page's name, how the connection stands, what time it is there, light or dark. */

import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { IconKeyboard, IconMoon, IconSearch, IconSun, type Icon as TablerIcon } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { TITLE_PLACE } from '@/shared/ui/PageTitle';
import css from './Header.module.css';
import { openHelp, openPalette } from './Keys';
import { LivePill } from './LivePill';
import { NewsBell } from './NewsBell';
import { useShellWords } from './words/shell';

export function Header() {
  const { t } = useShellWords();
  return (
    <header className={css.header}>
      <div className={css.name}>
        <div id={TITLE_PLACE} />
        <Clock short />
      </div>
      <SearchButton />
      <div className={css.tools}>
        <LivePill />
        <span className={css.wide}>
          <Clock />
        </span>
        <Tool icon={IconSearch} label={t('search.title')} onClick={openPalette} phone />
        <NewsBell />
        <Tool icon={IconKeyboard} label={t('keys.title')} onClick={openHelp} />
        <SchemeSwitch />
      </div>
    </header>
  );
}

function Clock({ short = false }: { short?: boolean }) {
  const format = useFormats();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 10_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time className={css.clock} dateTime={new Date(now).toISOString()}>
      {short ? format.day(now) : format.dayWithYear(now)} · {format.timeWithZone(now)}
    </time>
  );
}

function SchemeSwitch() {
  const { t } = useShellWords();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  return (
    <Tool
      icon={scheme === 'dark' ? IconSun : IconMoon}
      label={t('theme.switch')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    />
  );
}

function Tool({
  icon: Icon,
  label,
  onClick,
  phone = false,
}: {
  icon: TablerIcon;
  label: string;
  onClick: () => void;
  /** On phones only; the others are not there. */
  phone?: boolean;
}) {
  return (
    <ActionIcon
      className={phone ? css.phoneTool : css.tool}
      variant="subtle"
      color="gray"
      size={phone ? 44 : 32}
      aria-label={label}
      data-tip={label}
      onClick={onClick}
    >
      <Icon size={phone ? 22 : 18} stroke={1.6} aria-hidden />
    </ActionIcon>
  );
}

function SearchButton() {
  const { t } = useShellWords();
  return (
    <button type="button" className={css.search} onClick={openPalette} aria-keyshortcuts="Control+K">
      <IconSearch size={16} stroke={1.8} aria-hidden />
      <span>{t('search.button')}</span>
      <kbd>Ctrl K</kbd>
    </button>
  );
}
