/** Who is signed in; language, light or dark, and the way out. */

import { lazy, type Ref } from 'react';
import { useMe } from '@/shared/session/session';
import { Initials } from '@/shared/ui/Initials';
import { OnDemand } from '@/shared/ui/OnDemand';
import css from './AccountMenu.module.css';
import { useShellWords } from './words/shell';

const FoldedMenu = lazy(() =>
  import('./menus').then(({ FoldedAccountMenu }) => ({ default: FoldedAccountMenu })),
);
const WideMenu = lazy(() => import('./menus').then(({ WideAccountMenu }) => ({ default: WideAccountMenu })));

export function AccountMenu({ folded }: { folded: boolean }) {
  return (
    <OnDemand
      key={String(folded)}
      closed={(open) => <AccountButton folded={folded} onClick={open} aria-haspopup="menu" />}
      Opened={folded ? FoldedMenu : WideMenu}
    />
  );
}

export function AccountButton({
  folded,
  ...button
}: { folded: boolean; ref?: Ref<HTMLButtonElement> } & React.ComponentProps<'button'>) {
  const { t } = useShellWords();
  const { user, roles, api_key } = useMe();
  const name = user?.name ?? api_key?.name ?? '';
  return (
    <button
      {...button}
      type="button"
      className={css.account}
      aria-label={folded ? t('account', { name }) : undefined}
    >
      <Initials name={name} named={!folded} />
      {!folded && (
        <span className={css.who}>
          <strong>{name}</strong>
          <span>{roles.join(', ')}</span>
        </span>
      )}
    </button>
  );
}
