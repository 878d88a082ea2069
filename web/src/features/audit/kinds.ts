/** Kinds of events as they are offered for filtering: by what they are about, each group a choice of its own. */

import { id } from './words/id';

export type Group = keyof typeof id.group;
export type Kind = keyof typeof id.kind;

/** What the server takes for all kinds that begin so. */
const PREFIXES: Record<Group, string[]> = {
  access: ['session', 'login', 'access', 'limit'],
  rights: ['user', 'role', 'api_key', 'settings'],
  task: ['task', 'comment'],
  jamaah: ['jamaah', 'stage_instance'],
  settings: ['stage', 'pipeline', 'departure'],
  data: ['import', 'data'],
  bottleneck: ['bottleneck'],
};

export const GROUPS = Object.keys(PREFIXES) as Group[];

export const prefixesOf = (group: Group): string => PREFIXES[group].join(',');

export const isKnown = (kind: string): kind is Kind => kind in id.kind;
