/**
 * Carrying out a command: at once on the screen, marked until the server has answered; put back, with who was
 * faster, when it is refused.
 */

import { useMemo } from 'react';
import { ApiError } from '@/shared/api/errors';
import { queryClient } from '@/shared/api/queryClient';
import type { Task, TaskCard } from '@/shared/api/types';
import { bucketOf } from '@/shared/entities/bucket';
import { patchTask, takeTask, taskKey } from '@/shared/entities/tasks';
import { useMe } from '@/shared/session/session';
import { type Command, foreseen, send } from './command';
import { useReports } from './reports';
import { isPending, placeIn, setPending, takeBack } from './underway';

/** A task as it is kept now. */
export const cardOf = (id: string): TaskCard | undefined => queryClient.getQueryData<TaskCard>(taskKey(id));

/** Gives the function that carries out a command; it resolves to whether the server took it. */
export function useRun(open: (id: string) => void): (id: string, command: Command) => Promise<boolean> {
  const { timezone } = useMe().tenant;
  const reports = useReports(open);
  return useMemo(() => {
    async function run(id: string, command: Command, isUndo = false): Promise<boolean> {
      const before = cardOf(id);
      if (!before || isPending(id)) return false;
      show(before, command, timezone);
      try {
        const row = await send(id, before.version, command);
        takeTask(row, timezone);
        setPending(id, undefined);
        reports.done(before, command, isUndo ? undefined : (back) => void run(id, back, true));
        return true;
      } catch (error) {
        putBack(before);
        const now = error instanceof ApiError ? error.current<Task>() : undefined;
        if (now) patchTask(now, timezone);
        await reports.refused(before, command, error, () => void run(id, command, isUndo));
        return false;
      }
    }
    return run;
  }, [timezone, reports]);
}

function show(before: TaskCard, command: Command, timezone: string): void {
  const { id } = before;
  setPending(id, command.action);
  const shown = foreseen(command, before);
  if (shown !== before) queryClient.setQueryData<TaskCard>(taskKey(id), shown);
  const bucket = bucketOf(shown, new Date(), timezone);
  if (bucket !== before.bucket) placeIn(id, bucket);
}

function putBack(before: TaskCard): void {
  const { id } = before;
  takeBack(id);
  setPending(id, undefined);
  // what has come from others meanwhile stays
  queryClient.setQueryData<TaskCard>(taskKey(id), (now) =>
    now && now.version > before.version ? now : before,
  );
}
