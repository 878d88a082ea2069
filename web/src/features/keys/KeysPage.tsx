/** The keys by which other programs come in: made, replaced, made worthless. */

import { IconKey, IconPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { lazy, useState } from 'react';
import type { ApiKeyInfo, ShownApiKey } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Empty } from '@/shared/ui/Empty';
import { Toggle } from '@/shared/ui/Filter';
import { FilterBar } from '@/shared/ui/FilterBar';
import { Bone } from '@/shared/ui/Late';
import { Needs } from '@/shared/ui/Needs';
import { Optional } from '@/shared/ui/Optional';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { usePhone } from '@/shared/ui/widths';
import { useListWords } from '@/shared/words/lists';
import css from './keys.module.css';
import { keysQuery } from './queries';
import { useKeyWords } from './words';

const NewKeyDialog = lazy(() => import('./NewKeyDialog'));
const ChangeDialog = lazy(() => import('./ChangeDialog'));
const ShownDialog = lazy(() => import('./ShownDialog'));

const route = getRouteApi('/signed-in/dashboard/api-keys');

type Deed = 'rotate' | 'revoke';

export function KeysPage() {
  const { t } = useKeyWords();
  const { ended = false } = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('users.admin');
  const [making, setMaking] = useState(false);
  const [changing, setChanging] = useState<{ deed: Deed; of: ApiKeyInfo }>();
  const [shown, setShown] = useState<ShownApiKey>();
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <Needs permission="users.admin">
        <FilterBar
          set={ended ? 1 : 0}
          filters={
            <Toggle
              name={t('ended')}
              on={ended}
              onChange={(on) => void navigate({ search: on ? { ended: true } : {}, replace: true })}
            />
          }
        >
          <Action
            refusal={refusal}
            leftSection={<IconPlus size={16} stroke={1.8} aria-hidden />}
            onClick={() => setMaking(true)}
          >
            {t('new.open')}
          </Action>
        </FilterBar>
        <Section title={t('title')} aside={t('aside')} skeleton={<Bones />}>
          <Keys ended={ended} refusal={refusal} change={(deed, of) => setChanging({ deed, of })} />
        </Section>
        <Optional>{making && <NewKeyDialog close={() => setMaking(false)} made={setShown} />}</Optional>
        <Optional>
          {changing && <ChangeDialog {...changing} close={() => setChanging(undefined)} made={setShown} />}
        </Optional>
        <Optional>{shown && <ShownDialog of={shown} close={() => setShown(undefined)} />}</Optional>
      </Needs>
    </>
  );
}

interface Given {
  refusal: string | undefined;
  change: (deed: Deed, key: ApiKeyInfo) => void;
}

function Keys({ ended, ...given }: Given & { ended: boolean }) {
  const { t } = useKeyWords();
  const isPhone = usePhone();
  const all = useSuspenseQuery(keysQuery).data;
  const keys = all.filter(({ state }) => ended || state === 'active');
  if (keys.length === 0) {
    return (
      <Empty icon={IconKey} title={t('none')}>
        {t('none_text')}
      </Empty>
    );
  }
  if (isPhone) {
    return (
      <ul className={table.cards}>
        {keys.map((key) => (
          <li key={key.id} className={table.card}>
            <strong>{key.name}</strong>
            <State of={key} />
            <span className={css.wide}>
              <Permissions of={key} /> · {t('column.used')}: <Used of={key} />
            </span>
            <span className={css.wide}>
              <Buttons of={key} {...given} />
            </span>
          </li>
        ))}
      </ul>
    );
  }
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <caption className={css.hidden}>{t('title')}</caption>
        <thead>
          <tr>
            {(['name', 'permissions', 'state', 'used', 'expires', 'created'] as const).map((column) => (
              <th key={column} scope="col">
                {t(`column.${column}`)}
              </th>
            ))}
            <td />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <Row key={key.id} of={key} {...given} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ of, ...given }: Given & { of: ApiKeyInfo }) {
  const { t } = useKeyWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  return (
    <tr>
      <th scope="row">
        {of.name} <small className={css.prefix}>lajur_{of.prefix}_…</small>
      </th>
      <td>
        <Permissions of={of} />
      </td>
      <td>
        <State of={of} />
      </td>
      <td className={table.figure}>
        <Used of={of} />
      </td>
      <td className={table.figure}>
        {of.expires_at ? format.dayWithYear(lastInstant(of.expires_at)) : t('never_ends')}
      </td>
      <td className={table.quiet}>
        {t('by', { time: format.ago(of.created_at), name: of.created_by_name ?? lists('system') })}
      </td>
      <td>
        <Buttons of={of} {...given} />
      </td>
    </tr>
  );
}

/** A day ends at 24:00: the last instant that belongs to it. */
const lastInstant = (end: string): number => Date.parse(end) - 1;

function Permissions({ of }: { of: ApiKeyInfo }) {
  const { t } = useKeyWords();
  return <span title={of.permissions.join(', ')}>{t('permissions', { count: of.permissions.length })}</span>;
}

function Used({ of }: { of: ApiKeyInfo }) {
  const { t } = useKeyWords();
  const format = useFormats();
  return of.last_used_at ? format.ago(of.last_used_at) : t('never_used');
}

function State({ of }: { of: ApiKeyInfo }) {
  const { t } = useKeyWords();
  const format = useFormats();
  return (
    <span className={css.state} data-state={of.state}>
      {t(`state.${of.state}`)}
      {of.previous && of.state === 'active' && (
        <small>
          {t('previous', {
            time: `${format.day(of.previous.good_until)} ${format.time(of.previous.good_until)}`,
          })}
        </small>
      )}
    </span>
  );
}

function Buttons({ of, refusal, change }: Given & { of: ApiKeyInfo }) {
  const { t } = useKeyWords();
  if (of.state !== 'active') return null;
  return (
    <span className={css.buttons}>
      {(['rotate', 'revoke'] as const).map((deed) => (
        <Action
          key={deed}
          size="xs"
          variant="default"
          refusal={refusal}
          aria-label={t(`${deed}.label`, { name: of.name })}
          onClick={() => change(deed, of)}
        >
          {t(`${deed}.open`)}
        </Action>
      ))}
    </span>
  );
}

const BONES = ['34%', '42%', '30%'];

const Bones = () => (
  <div className={table.bones}>
    {BONES.map((width) => (
      <Bone key={width} width={width} />
    ))}
  </div>
);
