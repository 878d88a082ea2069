/** What can be done with a task: how it is sent, what it does at once on the screen, and how it is undone. */

import { api, ask } from '@/shared/api/client';
import type { Task, TaskCard, TaskChanges } from '@/shared/api/types';

export type Command =
  | { action: 'start' }
  | { action: 'complete' }
  | { action: 'block'; reason: string; third_party?: boolean }
  | { action: 'unblock' }
  | { action: 'reopen' }
  | { action: 'cancel'; reason?: string }
  | { action: 'assign'; assignee: string | null }
  | { action: 'update'; changes: Omit<TaskChanges, 'version'> };

/** Sends it about the version that was seen. */
export async function send(id: string, version: number, command: Command): Promise<Task> {
  const params = { path: { id } };
  const at = '/api/v1/pipeline/tasks/{id}';
  const answer = () => {
    switch (command.action) {
      case 'start':
        return api.POST(`${at}/start`, { params, body: { version } });
      case 'complete':
        return api.POST(`${at}/complete`, { params, body: { version } });
      case 'unblock':
        return api.POST(`${at}/unblock`, { params, body: { version } });
      case 'block': {
        const { reason, third_party = false } = command;
        return api.POST(`${at}/block`, { params, body: { version, reason, third_party } });
      }
      case 'reopen':
        return api.POST(`${at}/reopen`, { params, body: { version } });
      case 'cancel':
        return api.POST(`${at}/cancel`, { params, body: { version, reason: command.reason ?? null } });
      case 'assign':
        return api.POST(`${at}/assign`, { params, body: { version, assignee: command.assignee } });
      case 'update':
        return api.PUT(at, { params, body: { version, ...command.changes } });
    }
  };
  return (await ask(answer())).data;
}

/** The states that a task may be in for it. */
const FROM: Record<Command['action'], Task['status'][]> = {
  start: ['pending'],
  complete: ['pending', 'in_progress'],
  block: ['pending', 'in_progress'],
  unblock: ['blocked'],
  reopen: ['completed'],
  cancel: ['pending', 'in_progress', 'blocked'],
  assign: ['pending', 'in_progress', 'blocked'],
  update: ['pending', 'in_progress', 'blocked', 'completed', 'cancelled'],
};

export const fits = (action: Command['action'], task: Pick<Task, 'status'>): boolean =>
  FROM[action].includes(task.status);

/**
 * What is seen of it before the server has answered. Completing and cancelling show nothing: the card waits,
 * marked, where it is.
 */
export function foreseen(command: Command, task: TaskCard): TaskCard {
  switch (command.action) {
    case 'start':
      return { ...task, status: 'in_progress' };
    case 'block':
      return {
        ...task,
        status: 'blocked',
        blocked_reason: command.reason,
        blocked_by_third_party: command.third_party ?? false,
        blocked_at: new Date().toISOString(),
      };
    case 'unblock':
      return {
        ...task,
        status: task.started_at ? 'in_progress' : 'pending',
        blocked_reason: null,
        blocked_at: null,
      };
    case 'assign':
      return { ...task, assignee: command.assignee };
    case 'update': {
      const { title, priority, due_at, notes, role } = command.changes;
      return {
        ...task,
        ...(title === undefined ? {} : { title }),
        ...(priority === undefined ? {} : { priority }),
        ...(role === undefined ? {} : { role }),
        ...(due_at === undefined ? {} : { due_at }),
        ...(notes === undefined ? {} : { notes }),
      };
    }
    case 'complete':
    case 'reopen':
    case 'cancel':
      return task;
  }
}

/** What takes it back, of a task as it was before; `undefined` when nothing does. */
export function inverse(command: Command, before: Task): Command | undefined {
  switch (command.action) {
    case 'complete':
      return { action: 'reopen' };
    case 'reopen':
      return { action: 'complete' };
    case 'block':
      return { action: 'unblock' };
    case 'unblock':
      return {
        action: 'block',
        reason: before.blocked_reason ?? '',
        third_party: before.blocked_by_third_party,
      };
    case 'assign':
      return { action: 'assign', assignee: before.assignee ?? null };
    case 'update': {
      const was = before as unknown as Record<string, unknown>;
      const changes = Object.fromEntries(Object.keys(command.changes).map((key) => [key, was[key] ?? null]));
      return { action: 'update', changes };
    }
    case 'start':
    case 'cancel':
      return undefined;
  }
}
