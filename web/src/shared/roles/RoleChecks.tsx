/** Roles to be chosen from. Those that permit what one lacks oneself cannot be given, and say so. */

import { useQuery } from '@tanstack/react-query';
import { rolesQuery } from '@/shared/entities/roles';
import { useHolds } from '@/shared/session/session';
import { Failure } from '@/shared/ui/Failure';
import form from '@/shared/ui/form.module.css';
import { useRoleLabel } from '@/shared/vocabulary/roles';
import { usePermissionWords } from '@/shared/words/permissions';
import css from './checks.module.css';

export function RoleChecks({
  label,
  value,
  onChange,
  error,
  disabled = false,
  anyRole = false,
}: {
  label: string;
  value: readonly string[];
  onChange: (keys: string[]) => void;
  error?: React.ReactNode;
  disabled?: boolean;
  /** Where roles permit nothing, they can be given by anybody. */
  anyRole?: boolean;
}) {
  const { t } = usePermissionWords();
  const roleLabel = useRoleLabel();
  const held = useHolds();
  const { data, error: failure, refetch } = useQuery(rolesQuery);
  if (failure && !data) return <Failure what={label} error={failure} retry={() => void refetch()} />;
  return (
    <fieldset className={css.group} data-invalid={error ? true : undefined}>
      <legend>{label}</legend>
      <div className={css.columns}>
        {(data ?? []).map((role) => {
          const given = value.includes(role.key);
          const foreign = !anyRole && !given && !role.permissions.every(held);
          return (
            <label key={role.id} className={form.check} data-tip={foreign ? t('not_held') : undefined}>
              <input
                type="checkbox"
                checked={given}
                disabled={disabled || foreign}
                aria-description={foreign ? t('not_held') : undefined}
                onChange={({ target }) =>
                  onChange(target.checked ? [...value, role.key] : value.filter((key) => key !== role.key))
                }
              />
              <span>{roleLabel(role)}</span>
            </label>
          );
        })}
      </div>
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
