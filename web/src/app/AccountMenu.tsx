/** Who is signed in; language, light or dark, and the way out. */

import { lazy, type Ref } from 'react';
import { useMe } from '@/shared/session/session';
import { Initials } from '@/shared/ui/Initials';
import { OnDemand } from '@/shared/ui/OnDemand';
import { useRoleName } from '@/shared/vocabulary/roles';
import css from './AccountMenu.module.css';
import { useShellWords } from './words/shell';

const FoldedAccount = lazy(() => import('./panels').then((module) => ({ default: module.FoldedAccount })));
const WideAccount = lazy(() => import('./panels').then((module) => ({ default: module.WideAccount })));

export function AccountMenu({ folded }: { folded: boolean }) {
  return (
    <OnDemand
      key={String(folded)}
      closed={(open) => <AccountButton folded={folded} onClick={open} aria-haspopup="dialog" />}
      Opened={folded ? FoldedAccount : WideAccount}
    />
  );
}

export function AccountButton({
  folded,
  ...button
}: { folded: boolean; ref?: Ref<HTMLButtonElement> } & React.ComponentProps<'button'>) {
  const { t } = useShellWords();
  const roleName = useRoleName();
  const { user, roles, api_key } = useMe();
  const name = user?.name ?? api_key?.name ?? '';
  return (
    <button {...button} type="button" className={css.account}>
      <Initials name={name} named />
      {folded ? (
        <span className={css.spoken}>{t('account', { name })}</span>
      ) : (
        <span className={css.who}>
          <strong>{name}</strong>
          <span>{roles.map(roleName).join(', ')}</span>
        </span>
      )}
    </button>
  );
}
