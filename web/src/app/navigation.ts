/** Where one can go, and who sees it. */

import type { Icon } from '@tabler/icons-react';
import {
  IconAlertTriangle,
  IconFileImport,
  IconGauge,
  IconLayoutKanban,
  IconPlaneDeparture,
  IconRoute,
  IconUsers,
} from '@tabler/icons-react';
import type { LinkProps } from '@tanstack/react-router';
import type { Permission } from '@/shared/api/types';

export interface Destination {
  key: 'overview' | 'tasks' | 'jamaah' | 'departures' | 'bottlenecks' | 'imports' | 'stages';
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
    needs: ['pipeline.read'],
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
];

export const visibleTo = (permissions: readonly Permission[]): Destination[] =>
  DESTINATIONS.filter(({ needs }) => needs.some((need) => permissions.includes(need)));

/** Phones have room for the first ones only. */
export const inMoreMenu = ({ data, key }: Destination): boolean => Boolean(data) || key === 'bottlenecks';
