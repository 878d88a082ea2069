/** The menus of the shell, loaded when the first of them is opened. */

import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Menu.layer.css';

import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconLogout } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { signedOut, useMe } from '@/shared/session/session';
import { chooseLanguage, type Language } from '@/shared/words/i18n';
import { AccountButton } from './AccountMenu';
import { MoreButton } from './Navigation';
import { inMoreMenu, visibleTo } from './navigation';
import { useShellWords } from './words/shell';

const LANGUAGES: [Language, string][] = [
  ['id', 'Bahasa Indonesia'],
  ['en', 'English'],
];
const SCHEMES = ['light', 'dark', 'auto'] as const;

export const WideAccountMenu = () => <AccountDropdown folded={false} />;
export const FoldedAccountMenu = () => <AccountDropdown folded />;

function AccountDropdown({ folded }: { folded: boolean }) {
  return (
    <Menu defaultOpened position="top-start" width={220} shadow="md">
      <Menu.Target>
        <AccountButton folded={folded} />
      </Menu.Target>
      <Menu.Dropdown>
        <AccountItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** On phones: the pages that have no place at the bottom, and what the account's menu has. */
export default function MoreMenu() {
  const { t } = useShellWords();
  const rest = visibleTo(useMe().permissions).filter(inMoreMenu);
  return (
    <Menu defaultOpened position="top-end" width={220} shadow="md">
      <Menu.Target>
        <MoreButton />
      </Menu.Target>
      <Menu.Dropdown>
        {rest.map(({ key, icon: Icon, to, hash }) => (
          <Menu.Item
            key={key}
            leftSection={<Icon size={18} stroke={1.6} />}
            renderRoot={(props) => <Link {...props} to={to} {...(hash ? { hash } : {})} />}
          >
            {t(`nav.${key}`)}
          </Menu.Item>
        ))}
        <AccountItems />
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountItems() {
  const { t } = useShellWords();
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const signOut = async () => {
    await ask(api.POST('/api/v1/auth/logout')).catch(() => undefined);
    await navigate({ to: '/login', search: {} });
    signedOut();
    queryClient.clear();
  };
  const check = <IconCheck size={16} stroke={1.8} aria-hidden />;
  return (
    <>
      <Menu.Label>{t('language')}</Menu.Label>
      {LANGUAGES.map(([language, name]) => (
        <Menu.Item
          key={language}
          lang={language}
          rightSection={i18n.language === language && check}
          onClick={() => void chooseLanguage(language)}
        >
          {name}
        </Menu.Item>
      ))}
      <Menu.Label>{t('theme.label')}</Menu.Label>
      {SCHEMES.map((scheme) => (
        <Menu.Item
          key={scheme}
          rightSection={colorScheme === scheme && check}
          onClick={() => setColorScheme(scheme)}
        >
          {t(`theme.${scheme}`)}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item
        leftSection={<IconLogout size={18} stroke={1.6} aria-hidden />}
        onClick={() => void signOut()}
      >
        {t('sign_out')}
      </Menu.Item>
    </>
  );
}
