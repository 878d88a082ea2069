/**
 * The icon of every word. Round ones are states of a person, cornered ones are alerts, hands and pauses are
 * flags. The only place that knows; `UI` words and colours are in `badges.tsx`.
 */

import {
  type Icon,
  IconAlertOctagonFilled,
  IconAlertSquareRounded,
  IconAlertTriangleFilled,
  IconArrowDownRight,
  IconArrowUpRight,
  IconCalendarDue,
  IconCalendarTime,
  IconCalendarWeek,
  IconChevronDown,
  IconChevronsUp,
  IconChevronUp,
  IconCircleArrowRight,
  IconCircleCheckFilled,
  IconCircleDashed,
  IconCircleHalf2,
  IconCircleMinus,
  IconCircleX,
  IconClockExclamation,
  IconExclamationCircle,
  IconFlame,
  IconHandStop,
  IconInfoSquareRounded,
  IconMinus,
  IconPlayerPause,
} from '@tabler/icons-react';
import type { Bucket, InstanceState, Priority, Severity, Status } from '@/shared/api/types';

/** What a colour says. `accent` is never good or bad. */
export type Tone = 'ok' | 'risk' | 'late' | 'grey' | 'accent' | 'flag' | 'critical';

export const STATUS: Record<Status, { icon: Icon; tone: Tone }> = {
  on_track: { icon: IconCircleArrowRight, tone: 'ok' },
  at_risk: { icon: IconExclamationCircle, tone: 'risk' },
  overdue: { icon: IconClockExclamation, tone: 'late' },
  completed: { icon: IconCircleCheckFilled, tone: 'grey' },
  cancelled: { icon: IconCircleX, tone: 'grey' },
};

export const INSTANCE: Record<InstanceState, { icon: Icon; tone: Tone }> = {
  waiting: { icon: IconCircleDashed, tone: 'grey' },
  active: { icon: IconCircleHalf2, tone: 'accent' },
  completed: { icon: IconCircleCheckFilled, tone: 'grey' },
  skipped: { icon: IconCircleMinus, tone: 'grey' },
};

export const FLAG = { blocked: IconHandStop, on_hold: IconPlayerPause } as const;

export const SEVERITY: Record<Severity, { icon: Icon; tone: Tone }> = {
  low: { icon: IconInfoSquareRounded, tone: 'grey' },
  medium: { icon: IconAlertSquareRounded, tone: 'risk' },
  high: { icon: IconAlertTriangleFilled, tone: 'late' },
  critical: { icon: IconAlertOctagonFilled, tone: 'critical' },
};

/** A normal priority has none. */
export const PRIORITY: Record<Exclude<Priority, 'normal'>, { icon: Icon; tone: Tone }> = {
  urgent: { icon: IconChevronsUp, tone: 'late' },
  high: { icon: IconChevronUp, tone: 'flag' },
  low: { icon: IconChevronDown, tone: 'grey' },
};

export const BUCKET: Record<Bucket, Icon> = {
  blocked: IconHandStop,
  urgent: IconFlame,
  today: IconCalendarDue,
  upcoming: IconCalendarWeek,
  later: IconCalendarTime,
};

export const DIRECTION = { up: IconArrowUpRight, down: IconArrowDownRight, same: IconMinus } as const;
