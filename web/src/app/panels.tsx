/** What the buttons of the navigation open: the account's choices, and on phones the pages that found no place. */

import '@mantine/core/styles/Popover.layer.css';

import { Button, Popover, useMantineColorScheme } from '@mantine/core';
import { IconLogout, IconUserCircle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/session/session';
import { chooseLanguage, LANGUAGES, type Language } from '@/shared/words/i18n';
import { AccountButton } from './AccountMenu';
import { MoreButton } from './Navigation';
import { inMoreMenu, visibleTo } from './navigation';
import css from './panels.module.css';
import { signOut } from './signOut';
import { useShellWords } from './words/shell';

const SCHEMES = ['light', 'dark', 'auto'] as const;

export const WideAccount = () => <Account folded={false} />;
export const FoldedAccount = () => <Account folded />;

function Account({ folded }: { folded: boolean }) {
  const { t } = useShellWords();
  const { user, api_key } = useMe();
  const [opened, setOpened] = useState(true);
  return (
    <Panel
      label={t('account', { name: user?.name ?? api_key?.name ?? '' })}
      opened={opened}
      onChange={setOpened}
      target={<AccountButton folded={folded} onClick={() => setOpened(!opened)} />}
    >
      <Choices close={() => setOpened(false)} />
    </Panel>
  );
}

export default function More() {
  const { t } = useShellWords();
  const [opened, setOpened] = useState(true);
  const rest = visibleTo(useMe()).filter(inMoreMenu);
  return (
    <Panel
      label={t('nav.more')}
      opened={opened}
      onChange={setOpened}
      target={<MoreButton onClick={() => setOpened(!opened)} />}
    >
      <ul className={css.pages}>
        {rest.map(({ key, icon: Icon, to, hash }) => (
          <li key={key}>
            <Link to={to} {...(hash ? { hash } : {})} onClick={() => setOpened(false)}>
              <Icon size={20} stroke={1.6} aria-hidden />
              {t(`nav.${key}`)}
            </Link>
          </li>
        ))}
      </ul>
      <Choices close={() => setOpened(false)} />
    </Panel>
  );
}

function Panel({
  label,
  opened,
  onChange,
  target,
  children,
}: {
  label: string;
  opened: boolean;
  onChange: (opened: boolean) => void;
  target: ReactNode;
  children: ReactNode;
}) {
  return (
    <Popover
      opened={opened}
      onChange={onChange}
      position="top-start"
      width={232}
      shadow="md"
      trapFocus
      returnFocus
    >
      <Popover.Target>{target}</Popover.Target>
      <Popover.Dropdown aria-label={label} className={css.panel}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}

/** One's own account, language, light or dark, and the way out. */
function Choices({ close }: { close: () => void }) {
  const { t } = useShellWords();
  const { user } = useMe();
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      {user && (
        <Link to="/dashboard/profile" className={css.profile} onClick={close}>
          <IconUserCircle size={18} stroke={1.6} aria-hidden />
          {t('profile')}
        </Link>
      )}
      <fieldset className={css.choice}>
        <legend>{t('language')}</legend>
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <label key={language} lang={language}>
            <input
              type="radio"
              name="language"
              checked={i18n.language === language}
              onChange={() => void chooseLanguage(language)}
            />
            {LANGUAGES[language]}
          </label>
        ))}
      </fieldset>
      <fieldset className={css.choice}>
        <legend>{t('theme.label')}</legend>
        {SCHEMES.map((scheme) => (
          <label key={scheme}>
            <input
              type="radio"
              name="scheme"
              checked={colorScheme === scheme}
              onChange={() => setColorScheme(scheme)}
            />
            {t(`theme.${scheme}`)}
          </label>
        ))}
      </fieldset>
      <Button
        variant="default"
        fullWidth
        leftSection={<IconLogout size={18} stroke={1.6} aria-hidden />}
        onClick={() => void signOut()}
      >
        {t('sign_out')}
      </Button>
    </>
  );
}
