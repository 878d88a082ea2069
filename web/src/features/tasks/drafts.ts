/** What somebody had typed for a command that was refused, to be offered when they try again. */

import type { Command } from './command';

const reasons = new Map<string, string>();

export function keepDraft(id: string, command: Command): void {
  if (command.action === 'block') reasons.set(id, command.reason);
}

export const draftReason = (id: string): string => reasons.get(id) ?? '';

export function forgetDraft(id: string): void {
  reasons.delete(id);
}
