/** Permissions across roles as a table of checkboxes; on phones one role at a time, as a list. */

import { IconMapPin, IconUser } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { Fragment } from 'react';
import type { PermissionInfo, Role } from '@/shared/api/types';
import { fitsLimits, groupsOf } from '@/shared/entities/roles';
import { useFormats } from '@/shared/format/formats';
import { usePermissionName } from '@/shared/roles/usePermissionName';
import { useHolds } from '@/shared/session/session';
import form from '@/shared/ui/form.module.css';
import table from '@/shared/ui/table.module.css';
import { useRoleLabel } from '@/shared/vocabulary/roles';
import { usePermissionWords } from '@/shared/words/permissions';
import { type Draft, heldIn } from './draft';
import css from './roles.module.css';
import { useRolesWords } from './words';

const route = getRouteApi('/signed-in/dashboard/roles');

interface Grid {
  roles: Role[];
  all: PermissionInfo[];
  draft: Draft;
  /** Why nothing can be changed. */
  refusal: string | undefined;
  open: (key: string) => void;
  change: (role: Role, permission: PermissionInfo, on: boolean) => void;
}

export function Matrix(grid: Grid) {
  const { t } = useRolesWords();
  const { t: words } = usePermissionWords();
  const { roles, all } = grid;
  const name = usePermissionName();
  return (
    <div className={css.scroll}>
      <table className={`${table.table} ${css.matrix}`}>
        <caption className={css.hidden}>{t('title')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('permission')}</th>
            {roles.map((role) => (
              <th key={role.id} scope="col">
                <Head role={role} open={grid.open} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {groupsOf(all).map(([group, list]) => (
            <Fragment key={group}>
              <tr className={css.group}>
                <th scope="rowgroup" colSpan={roles.length + 1}>
                  <span>{words(`group.${group}`)}</span>
                </th>
              </tr>
              {list.map((one) => (
                <tr key={one.id}>
                  <th scope="row" data-part={one.part_of ? true : undefined}>
                    {name(one.id)}
                  </th>
                  {roles.map((role) => (
                    <td key={role.id}>
                      <Cell {...grid} role={role} one={one} />
                    </td>
                  ))}
                </tr>
              ))}
            </Fragment>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ role, open }: { role: Role; open: (key: string) => void }) {
  const { t } = useRolesWords();
  const format = useFormats();
  const label = useRoleLabel()(role);
  return (
    <>
      <button
        type="button"
        className={css.role}
        aria-label={t('open', { name: label })}
        onClick={() => open(role.key)}
      >
        {label}
      </button>
      <small>{t('people', { count: role.people, people: format.count(role.people) })}</small>
      <Limits of={role} />
    </>
  );
}

/** Where a role holds, if not everywhere. */
function Limits({ of }: { of: Role }) {
  const { t } = useRolesWords();
  if (!of.own_jamaah && !of.stages) return null;
  return (
    <small className={css.limits}>
      {of.stages && (
        <span>
          <IconMapPin size={14} stroke={1.8} aria-hidden />
          {t('limit.stages', { count: of.stages.length })}
        </span>
      )}
      {of.own_jamaah && (
        <span>
          <IconUser size={14} stroke={1.8} aria-hidden />
          {t('limit.own')}
        </span>
      )}
    </small>
  );
}

/** What one checkbox of the matrix shows, and why it cannot be pressed. */
function useCell({ draft, refusal }: Grid, role: Role, one: PermissionInfo) {
  const { t } = usePermissionWords();
  const name = usePermissionName();
  const holds = useHolds();
  const held = heldIn(draft, role);
  const within = one.part_of != null && held.includes(one.part_of);
  const on = within || held.includes(one.id);
  const before = role.permissions.includes(one.id);
  const why =
    refusal ??
    (within && one.part_of
      ? t('within', { whole: name(one.part_of) })
      : !on && !before && !holds(one.id)
        ? t('not_held')
        : !on && !fitsLimits(one, role)
          ? t('not_limited')
          : undefined);
  return { on, why, changed: held.includes(one.id) !== before };
}

function Cell({ role, one, ...grid }: Grid & { role: Role; one: PermissionInfo }) {
  const { t } = useRolesWords();
  const name = usePermissionName();
  const label = useRoleLabel()(role);
  const { on, why, changed } = useCell(grid, role, one);
  return (
    <span className={css.cell} data-changed={changed || undefined} data-tip={why}>
      <input
        type="checkbox"
        checked={on}
        disabled={why !== undefined}
        aria-label={t('cell', { role: label, permission: name(one.id) })}
        aria-description={why}
        onChange={({ target }) => grid.change(role, one, target.checked)}
      />
    </span>
  );
}

export function OneRole(grid: Grid) {
  const { t } = useRolesWords();
  const { t: words } = usePermissionWords();
  const roleLabel = useRoleLabel();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const role = grid.roles.find(({ key }) => key === search.role) ?? grid.roles[0];
  if (!role) return null;
  return (
    <div className={css.one}>
      <label className={css.choose}>
        {t('choose')}
        <select
          value={role.key}
          onChange={({ target }) =>
            void navigate({ search: (before) => ({ ...before, role: target.value }), replace: true })
          }
        >
          {grid.roles.map((one) => (
            <option key={one.id} value={one.key}>
              {roleLabel(one)}
            </option>
          ))}
        </select>
      </label>
      <div className={css.oneHead}>
        <Head role={role} open={grid.open} />
      </div>
      {groupsOf(grid.all).map(([group, list]) => (
        <fieldset key={group} className={css.oneGroup}>
          <legend>{words(`group.${group}`)}</legend>
          {list.map((one) => (
            <Line key={one.id} {...grid} role={role} one={one} />
          ))}
        </fieldset>
      ))}
    </div>
  );
}

function Line({ role, one, ...grid }: Grid & { role: Role; one: PermissionInfo }) {
  const name = usePermissionName();
  const { on, why, changed } = useCell(grid, role, one);
  return (
    <label
      className={form.check}
      data-part={one.part_of ? true : undefined}
      data-changed={changed || undefined}
    >
      <input
        type="checkbox"
        checked={on}
        disabled={why !== undefined}
        aria-description={why}
        onChange={({ target }) => grid.change(role, one, target.checked)}
      />
      <span>{name(one.id)}</span>
    </label>
  );
}
