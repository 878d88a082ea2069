/** Which question stands over the page. The dialogs themselves are loaded with the first. */

import { createStore, useSelector } from '@tanstack/react-store';
import type { Bucket } from '@/shared/api/types';
import type { BulkOutcome } from './bulk';
import type { Drop } from './drop';

export type Question =
  | { kind: 'block'; ids: string[] }
  | { kind: 'date'; id: string; to: Bucket; drop: Drop }
  | { kind: 'assign' | 'priority' | 'cancel'; ids: string[] }
  | { kind: 'confirm'; count: number; what: string; go: () => void }
  | { kind: 'outcome'; outcome: BulkOutcome };

const question = createStore<Question | undefined>(undefined);

export const askFor = (next: Question): void => question.setState(() => next);

export const closeQuestion = (): void => question.setState(() => undefined);

export const isAsking = (): boolean => question.get() !== undefined;

export const useQuestion = (): Question | undefined => useSelector(question, (now) => now);
