/** Where one can go, and who sees it. */

import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle,
  IconFileImport,
  IconGauge,
  IconHistory,
  IconKey,
  IconLayoutKanban,
  IconPlaneDeparture,
  IconRoute,
  IconShieldCheck,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { Me, Permission } from '@/shared/api/types';
import { mayDo } from '@/shared/session/permissions';

export interface Destination {
  key:
    | 'overview'
    | 'tasks'
    | 'jamaah'
    | 'departures'
    | 'bottlenecks'
    | 'imports'
    | 'stages'
    | 'users'
    | 'roles'
    | 'keys'
    | 'audit';
  icon: Icon;
  to: LinkProps['to'];
  hash?: string;
  /** Any of these. */
  needs: Permission[];
  /** Under a heading of its own. */
  data?: true;
  /** The key after `G` that opens it. */
  letter?: string;
}

export const DESTINATIONS: Destination[] = [
  { key: 'overview', icon: IconGauge, to: '/dashboard/pipeline', needs: ['pipeline.read'], letter: 'i' },
  {
    key: 'tasks',
    icon: IconLayoutKanban,
    to: '/dashboard/pipeline/tasks',
    needs: ['tasks.read', 'tasks.read_all'],
    letter: 't',
  },
  { key: 'jamaah', icon: IconUsers, to: '/dashboard/pipeline/jamaah', needs: ['jamaah.read'], letter: 'j' },
  {
    key: 'departures',
    icon: IconPlaneDeparture,
    to: '/dashboard/pipeline/departures',
    needs: ['departures.read'],
    letter: 'k',
  },
  {
    key: 'bottlenecks',
    icon: IconAlertTriangle,
    to: '/dashboard/pipeline',
    hash: 'bottlenecks',
    needs: ['pipeline.read'],
    letter: 'h',
  },
  {
    key: 'imports',
    icon: IconFileImport,
    to: '/dashboard/pipeline/imports',
    needs: ['imports.write'],
    data: true,
  },
  { key: 'stages', icon: IconRoute, to: '/dashboard/pipeline/stages', needs: ['stages.write'], data: true },
  { key: 'users', icon: IconUsersGroup, to: '/dashboard/users', needs: ['users.admin'], data: true },
  { key: 'roles', icon: IconShieldCheck, to: '/dashboard/roles', needs: ['users.admin'], data: true },
  { key: 'keys', icon: IconKey, to: '/dashboard/api-keys', needs: ['users.admin'], data: true },
  { key: 'audit', icon: IconHistory, to: '/dashboard/audit', needs: ['audit.read'], data: true },
];

export const visibleTo = (me: Me): Destination[] =>
  DESTINATIONS.filter(({ needs }) => needs.some((need) => mayDo(me, need)));

/** Phones have room for the first ones only. */
export const inMoreMenu = ({ data, key }: Destination): boolean => Boolean(data) || key === 'bottlenecks';
