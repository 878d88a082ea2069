/** Doing the same with many tasks: in slices that the server takes, with what became of each. */

import { api, ask } from '@/shared/api/client';
import type { BulkResult, BulkTasks, TaskCard } from '@/shared/api/types';
import type { Command } from './command';
import { inverse } from './command';

/** The server takes no more in one request. */
const SLICE = 200;

export interface BulkOutcome {
  command: Command;
  done: TaskCard[];
  /** As they were before, with what the server said. */
  failed: { task: TaskCard; code: string; message: string }[];
}

/** The fields that a command has in a bulk request. */
export function fieldsOf(command: Command): Omit<BulkTasks, 'items' | 'ids'> {
  switch (command.action) {
    case 'block':
      return { action: 'block', reason: command.reason, third_party: command.third_party ?? false };
    case 'assign':
      return { action: 'assign', assignee: command.assignee };
    case 'cancel':
      return { action: 'cancel', reason: command.reason ?? null };
    case 'update': {
      const { priority, due_at, notes, role, required } = command.changes;
      return {
        action: 'update',
        ...(priority === undefined ? {} : { priority }),
        ...(due_at === undefined ? {} : { due_at }),
        ...(notes === undefined ? {} : { notes }),
        ...(role === undefined ? {} : { role }),
        ...(required === undefined ? {} : { required }),
      };
    }
    default:
      return { action: command.action };
  }
}

export const slices = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

/** What the server says of each, slice by slice; `progress` hears how many have been answered. */
export async function sendAll(
  command: Command,
  tasks: readonly TaskCard[],
  progress: (answered: number, results: BulkResult[]) => void,
): Promise<BulkOutcome> {
  const known = new Map(tasks.map((task) => [task.id, task]));
  const outcome: BulkOutcome = { command, done: [], failed: [] };
  let answered = 0;
  for (const slice of slices(tasks, SLICE)) {
    const items = slice.map(({ id, version }) => ({ id, version }));
    const body = { ...fieldsOf(command), items };
    const { data } = await ask(api.POST('/api/v1/pipeline/tasks/bulk', { body }));
    for (const { id, ok, error } of data) {
      const task = known.get(id);
      if (!task) continue;
      if (ok) outcome.done.push(task);
      else outcome.failed.push({ task, code: error?.code ?? 'INTERNAL', message: error?.message ?? '' });
    }
    answered += slice.length;
    progress(answered, data);
  }
  return outcome;
}

/** What takes it all back: tasks that need the same are sent together. */
export function inverses(
  command: Command,
  before: readonly TaskCard[],
): { command: Command; ids: string[] }[] {
  const groups = new Map<string, { command: Command; ids: string[] }>();
  for (const task of before) {
    const back = inverse(command, task);
    if (!back) continue;
    const key = JSON.stringify(back);
    const group = groups.get(key) ?? { command: back, ids: [] };
    group.ids.push(task.id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
