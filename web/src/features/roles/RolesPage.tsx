/** What each role permits: a matrix that is changed in place, and the settings of single roles. */

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import { permissionsQuery, rolesQuery } from '@/shared/entities/roles';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Bone } from '@/shared/ui/Late';
import { Needs } from '@/shared/ui/Needs';
import { Optional } from '@/shared/ui/Optional';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { toast } from '@/shared/ui/toast';
import { usePhone } from '@/shared/ui/widths';
import { useRoleLabel } from '@/shared/vocabulary/roles';
import { useErrorWords } from '@/shared/words/errors';
import { changesIn, type Draft, heldIn, withSwitch } from './draft';
import { Matrix, OneRole } from './Matrix';
import css from './roles.module.css';
import { NEW } from './search';
import { useRolesWords } from './words';

const RoleDialog = lazy(() => import('./RoleDialog'));

const route = getRouteApi('/signed-in/dashboard/roles');

export function RolesPage() {
  const { t } = useRolesWords();
  const { edit } = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('users.admin');
  const open = (key: string | undefined) =>
    void navigate({ search: ({ edit: _, ...before }) => ({ ...before, ...(key ? { edit: key } : {}) }) });
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <Needs permission="users.admin">
        <Section
          title={t('title')}
          aside={t('aside')}
          actions={
            <Action
              refusal={refusal}
              leftSection={<IconPlus size={16} stroke={1.8} aria-hidden />}
              onClick={() => open(NEW)}
            >
              {t('new.open')}
            </Action>
          }
          skeleton={<Bones />}
        >
          <Roles refusal={refusal} open={open} />
        </Section>
        <Optional>{edit && <RoleDialog key={edit} of={edit} close={() => open(undefined)} />}</Optional>
      </Needs>
    </>
  );
}

function Roles({ refusal, open }: { refusal: string | undefined; open: (key: string) => void }) {
  const { t } = useRolesWords();
  const roleLabel = useRoleLabel();
  const errorWords = useErrorWords();
  const isPhone = usePhone();
  const roles = useSuspenseQuery(rolesQuery).data;
  const all = useSuspenseQuery(permissionsQuery).data;
  const [draft, setDraft] = useState<Draft>(new Map());
  const changes = changesIn(draft, roles);
  const save = useMutation({
    mutationFn: async () => {
      // one after the other: what was refused stays in the matrix
      for (const role of roles.filter(({ id }) => draft.has(id))) {
        try {
          await ask(
            api.PUT('/api/v1/roles/{id}', {
              params: { path: { id: role.id } },
              body: { version: role.version, permissions: [...heldIn(draft, role)] },
            }),
          );
        } catch (error) {
          const last = error instanceof ApiError && error.code === 'INVALID_TRANSITION';
          toast.error({
            title: t('changed.failed', { role: roleLabel(role) }),
            text: last ? t('last') : errorWords(error),
          });
          throw error;
        }
        setDraft((before) => new Map([...before].filter(([id]) => id !== role.id)));
      }
    },
    onSuccess: () => toast.success({ title: t('changed.done') }),
    onSettled: () => queryClient.invalidateQueries({ queryKey: rolesQuery.queryKey }),
  });
  const grid = {
    roles,
    all,
    draft,
    refusal,
    open,
    change: (role: (typeof roles)[number], one: (typeof all)[number], on: boolean) =>
      setDraft((before) => withSwitch(before, role, one, on, all)),
  };
  return (
    <>
      {isPhone ? <OneRole {...grid} /> : <Matrix {...grid} />}
      {changes > 0 && (
        <div className={css.saveBar}>
          <span role="status">{t('changed.text', { count: changes })}</span>
          <Button variant="default" onClick={() => setDraft(new Map())}>
            {t('changed.discard')}
          </Button>
          <Button loading={save.isPending} disabled={refusal !== undefined} onClick={() => save.mutate()}>
            {t('changed.save')}
          </Button>
        </div>
      )}
    </>
  );
}

const BONES = ['40%', '62%', '54%', '48%', '58%', '44%', '60%', '52%'];

const Bones = () => (
  <div className={table.bones}>
    {BONES.map((width) => (
      <Bone key={width} width={width} />
    ))}
  </div>
);
