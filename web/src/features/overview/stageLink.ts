/** What is behind a stage: its people, or its work where people are counted at an earlier stage that runs beside it. */

import { linkOptions } from '@tanstack/react-router';
import type { StageReport } from '@/shared/api/types';

export const behindStage = ({ code, people, wip }: StageReport) =>
  people === 0 && wip > 0
    ? linkOptions({ to: '/dashboard/pipeline/tasks', search: { stage: code } })
    : linkOptions({ to: '/dashboard/pipeline/jamaah', search: { stage: code } });
