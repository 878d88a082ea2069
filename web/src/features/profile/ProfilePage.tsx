/** One's own account: who one is here, the password, and where one is signed in. */

import { useSuspenseQuery } from '@tanstack/react-query';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { useMe } from '@/shared/session/session';
import { SessionList } from '@/shared/sessions/SessionList';
import { Bone } from '@/shared/ui/Late';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useSessionListWords } from '@/shared/words/sessions';
import { PasswordForm } from './PasswordForm';
import css from './profile.module.css';
import { useProfileWords } from './words';

export function ProfilePage() {
  const { t } = useProfileWords();
  const { t: sessions } = useSessionListWords();
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <div className={css.page}>
        <Section title={t('account')} skeleton={null}>
          <Account />
        </Section>
        <Section title={t('password.title')} aside={t('password.text')} skeleton={null}>
          <PasswordForm />
        </Section>
        <Section title={sessions('mine')} skeleton={<Bones />}>
          <OwnSessions />
        </Section>
      </div>
    </>
  );
}

function Account() {
  const { t } = useProfileWords();
  const roleName = useRoleName();
  const { user, tenant, roles } = useMe();
  const facts = [
    [t('name'), user?.name],
    [t('email'), user?.email],
    [t('organisation'), tenant.name],
    [t('roles'), roles.map(roleName).join(', ')],
  ];
  return (
    <>
      <dl className={css.facts}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className={css.hint}>{t('ask')}</p>
    </>
  );
}

const SESSIONS = ['sessions', 'mine'] as const;

function OwnSessions() {
  const { data } = useSuspenseQuery({
    queryKey: SESSIONS,
    staleTime: 0,
    queryFn: ({ signal }) => ask(api.GET('/api/v1/sessions', { signal })),
  }).data;
  return (
    <SessionList
      sessions={data}
      end={(id) => api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })}
      endRest={() => api.DELETE('/api/v1/sessions')}
      changed={() => queryClient.invalidateQueries({ queryKey: SESSIONS })}
    />
  );
}

const Bones = () => (
  <div className={table.bones}>
    <Bone width="40%" height={28} />
    <Bone width="46%" height={28} />
  </div>
);
