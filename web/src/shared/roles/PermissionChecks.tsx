/** Permissions to be chosen from, by what they are about. A part of one that is chosen is chosen with it. */

import { useQuery } from '@tanstack/react-query';
import type { Permission, PermissionInfo } from '@/shared/api/types';
import { groupsOf, permissionsQuery, switched } from '@/shared/entities/roles';
import { useHolds } from '@/shared/session/session';
import { Failure } from '@/shared/ui/Failure';
import form from '@/shared/ui/form.module.css';
import { usePermissionWords } from '@/shared/words/permissions';
import css from './checks.module.css';
import { usePermissionName } from './usePermissionName';

export function PermissionChecks({
  label,
  value,
  onChange,
  error,
  disabled = false,
}: {
  label: string;
  value: readonly Permission[];
  onChange: (value: Permission[]) => void;
  error?: React.ReactNode;
  disabled?: boolean;
}) {
  const { t } = usePermissionWords();
  const { data, error: failure, refetch } = useQuery(permissionsQuery);
  const all = data ?? [];
  if (failure && !data) return <Failure what={label} error={failure} retry={() => void refetch()} />;
  return (
    <fieldset className={css.group} data-invalid={error ? true : undefined}>
      <legend>{label}</legend>
      {groupsOf(all).map(([group, list]) => (
        <fieldset key={group} className={css.inner}>
          <legend>{t(`group.${group}`)}</legend>
          {list.map((one) => (
            <Check
              key={one.id}
              one={one}
              value={value}
              disabled={disabled}
              onChange={(on) => onChange(switched(value, one, on, all))}
            />
          ))}
        </fieldset>
      ))}
      {error && (
        <p className={css.error} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function Check({
  one,
  value,
  disabled,
  onChange,
}: {
  one: PermissionInfo;
  value: readonly Permission[];
  disabled: boolean;
  onChange: (on: boolean) => void;
}) {
  const { t } = usePermissionWords();
  const name = usePermissionName();
  const held = useHolds();
  const within = one.part_of != null && value.includes(one.part_of);
  const on = within || value.includes(one.id);
  const foreign = !on && !held(one.id);
  const why = within && one.part_of ? t('within', { whole: name(one.part_of) }) : foreign && t('not_held');
  return (
    <label className={form.check} data-part={one.part_of ? true : undefined} data-tip={why || undefined}>
      <input
        type="checkbox"
        checked={on}
        disabled={disabled || within || foreign}
        aria-description={why || undefined}
        onChange={({ target }) => onChange(target.checked)}
      />
      <span>{name(one.id)}</span>
    </label>
  );
}
