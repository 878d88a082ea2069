/** The card that is in the air, by pointer or by keyboard, and the column it is over. */

import { createStore, useSelector } from '@tanstack/react-store';
import type { Bucket } from '@/shared/api/types';

export interface Dragging {
  id: string;
  from: Bucket;
  over: Bucket | undefined;
  by: 'pointer' | 'keyboard';
}

const dragging = createStore<Dragging | undefined>(undefined);

export const draggingNow = (): Dragging | undefined => dragging.get();

export const setDragging = (next: Dragging | undefined): void => dragging.setState(() => next);

export const useDragging = (): Dragging | undefined => useSelector(dragging, (now) => now);

/** Of one card only, so that the others are not drawn anew. */
export const useIsDragged = (id: string): Dragging['by'] | undefined =>
  useSelector(dragging, (now) => (now?.id === id ? now.by : undefined));
