/** One person: name and roles, whether they may come in, and where they are signed in. */

import '@/shared/ui/modalStyles';

import { Modal } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { User } from '@/shared/api/types';
import { SessionList } from '@/shared/sessions/SessionList';
import { Failure } from '@/shared/ui/Failure';
import { Bone, Late } from '@/shared/ui/Late';
import table from '@/shared/ui/table.module.css';
import { usePhone } from '@/shared/ui/widths';
import { useSessionListWords } from '@/shared/words/sessions';
import { Account } from './Account';
import { PersonForm } from './PersonForm';
import css from './people.module.css';
import { personQuery, sessionsQuery } from './queries';
import { usePeopleWords } from './words';

export default function PersonDialog({ id, close }: { id: string; close: () => void }) {
  const { t } = usePeopleWords();
  const fullScreen = usePhone();
  const { data, error, refetch } = useQuery(personQuery(id));
  return (
    <Modal opened onClose={close} title={data?.name ?? t('title')} size="lg" fullScreen={fullScreen}>
      {data ? (
        <>
          <PersonForm key={data.id} of={data} close={close} />
          <Account of={data} />
          {data.state === 'active' && <Sessions of={data} />}
        </>
      ) : error ? (
        <Failure what={t('title')} error={error} retry={() => void refetch()} />
      ) : (
        <Bones />
      )}
    </Modal>
  );
}

function Sessions({ of }: { of: User }) {
  const { t } = useSessionListWords();
  const { data, error, refetch } = useQuery(sessionsQuery(of.id));
  const params = { path: { id: of.id } };
  return (
    <section className={css.part} aria-label={t('title')}>
      <h3>{t('title')}</h3>
      {data ? (
        <SessionList
          sessions={data}
          end={(session_id) =>
            api.DELETE('/api/v1/users/{id}/sessions/{session_id}', {
              params: { path: { id: of.id, session_id } },
            })
          }
          endRest={() => api.DELETE('/api/v1/users/{id}/sessions', { params })}
          changed={() => queryClient.invalidateQueries({ queryKey: sessionsQuery(of.id).queryKey })}
        />
      ) : error ? (
        <Failure what={t('title')} error={error} retry={() => void refetch()} />
      ) : (
        <Bones />
      )}
    </section>
  );
}

const Bones = () => (
  <Late>
    <div className={table.bones}>
      <Bone width="60%" height={20} />
      <Bone width="80%" height={20} />
    </div>
  </Late>
);
