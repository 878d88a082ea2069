/** The last thing that can be taken back, as long as its toast stands. */

import { STAYS_MS } from '@/shared/ui/toast';

let undo: { run: () => void; until: number } | undefined;

/** What it gives back is for the toast's button; either way it happens once. */
export function offerUndo(back: () => void): () => void {
  const offer = {
    until: Date.now() + Number(STAYS_MS.success),
    run: () => {
      if (undo === offer) undo = undefined;
      if (used) return;
      used = true;
      back();
    },
  };
  let used = false;
  undo = offer;
  return offer.run;
}

/** Says whether there was something to take back. */
export function undoLast(): boolean {
  if (!undo || undo.until < Date.now()) return false;
  undo.run();
  return true;
}
