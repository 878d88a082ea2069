/** Who is signed in; language, light or dark, and the way out. */

import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck, IconLogout } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { stopLive } from '@/shared/live/connection';
import { signedOut, useMe } from '@/shared/session/session';
import { Initials } from '@/shared/ui/Initials';
import { chooseLanguage, type Language } from '@/shared/words/i18n';
import css from './AccountMenu.module.css';
import { useShellWords } from './words/shell';

const LANGUAGES: [Language, string][] = [
  ['id', 'Bahasa Indonesia'],
  ['en', 'English'],
];
const SCHEMES = ['light', 'dark', 'auto'] as const;

export function AccountMenu({ folded }: { folded: boolean }) {
  const { t } = useShellWords();
  const { user, roles, api_key } = useMe();
  const name = user?.name ?? api_key?.name ?? '';
  return (
    <Menu position="top-start" width={220} shadow="md">
      <Menu.Target>
        <button type="button" className={css.account} aria-label={t('account', { name })}>
          <Initials name={name} />
          {!folded && (
            <span className={css.who}>
              <strong>{name}</strong>
              <span>{roles.join(', ')}</span>
            </span>
          )}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <AccountItems />
      </Menu.Dropdown>
    </Menu>
  );
}

/** The items alone, for the phone's menu. */
export function AccountItems() {
  const { t } = useShellWords();
  const { i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const navigate = useNavigate();
  const signOut = async () => {
    stopLive();
    await ask(api.POST('/api/v1/auth/logout')).catch(() => undefined);
    signedOut();
    queryClient.clear();
    await navigate({ to: '/login', search: {} });
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
