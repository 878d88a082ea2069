/**
 * Moving a card to another column, by pointer or by keyboard: what is told while it is in the air, and what
 * happens where it comes down.
 */

import { monitorForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import * as liveRegion from '@atlaskit/pragmatic-drag-and-drop-live-region';
import { useEffect, useMemo, useRef } from 'react';
import type { Bucket } from '@/shared/api/types';
import { useCommonWords } from '@/shared/words/common';
import type { Actions } from './actions';
import type { Command } from './command';
import { cardOf } from './commands';
import { askFor } from './dialogs';
import { draggingNow, setDragging } from './dragging';
import { BUCKETS, type Drop } from './drop';
import { useDropRule } from './dropRule';
import { useTasksWords } from './words';

/** What was prepared by the drop, then what was asked for; the second only if the first went well. */
export async function runDrop(run: Actions['run'], id: string, drop: Drop, then?: Command): Promise<void> {
  for (const command of [...drop.first, ...(then ? [then] : [])]) {
    if (!(await run(id, command))) return;
  }
}

/** For keys: lift the card, carry it to the side, put it down, or back. */
export interface Carrying {
  lift: (id: string) => void;
  carry: (by: 1 | -1) => void;
  putDown: () => void;
  putBack: () => void;
}

const keptCarrying: { current: Carrying | undefined } = { current: undefined };

export const carrying = (): Carrying | undefined => keptCarrying.current;

export function useDropping({ run }: Actions): void {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const rule = useDropRule();
  const told = { t, rule, run, name: (bucket: Bucket) => common(`bucket.${bucket}`) };
  const latest = useRef(told);
  latest.current = told;

  const air = useMemo(() => {
    const now = () => latest.current;
    const over = (to: Bucket | undefined) => {
      const { t, rule, name } = now();
      const lifted = draggingNow();
      const task = lifted && cardOf(lifted.id);
      if (!lifted || !task || lifted.over === to) return;
      setDragging({ ...lifted, over: to });
      if (!to) return;
      const { refused } = rule(task, to);
      liveRegion.announce(
        refused ? t('drag.refused', { to: name(to), why: refused }) : t('drag.over', { to: name(to) }),
      );
    };
    const end = (to: Bucket | undefined) => {
      const { t, rule, name, run } = now();
      const lifted = draggingNow();
      setDragging(undefined);
      const task = lifted && cardOf(lifted.id);
      if (!lifted || !task) return;
      const { title, id } = task;
      const { drop, refused } = to ? rule(task, to) : {};
      if (!to || !drop) {
        liveRegion.announce(
          to && refused
            ? t('drag.refused', { to: name(to), why: refused })
            : t('drag.cancelled', { title, from: name(lifted.from) }),
        );
        return;
      }
      liveRegion.announce(t('drag.dropped', { title, to: name(to) }));
      if (drop.asks === 'reason') askFor({ kind: 'block', ids: [id] });
      else if (drop.asks === 'date') askFor({ kind: 'date', id, to, drop });
      else void runDrop(run, id, drop, drop.last);
    };
    const lift = (id: string, by: 'pointer' | 'keyboard') => {
      const { t, name } = now();
      const task = cardOf(id);
      if (!task) return;
      setDragging({ id, from: task.bucket, over: undefined, by });
      const how = by === 'keyboard' ? ` ${t('drag.how')}` : '';
      liveRegion.announce(t('drag.lifted', { title: task.title, from: name(task.bucket) }) + how);
    };
    return { over, end, lift };
  }, []);

  useEffect(() => {
    keptCarrying.current = {
      lift: (id) => air.lift(id, 'keyboard'),
      carry: (by) => {
        const lifted = draggingNow();
        if (!lifted) return;
        const at = BUCKETS.indexOf(lifted.over ?? lifted.from) + by;
        const to = BUCKETS[Math.max(0, Math.min(BUCKETS.length - 1, at))];
        air.over(to === lifted.from ? undefined : to);
      },
      putDown: () => air.end(draggingNow()?.over),
      putBack: () => air.end(undefined),
    };
    const stop = monitorForElements({
      canMonitor: ({ source }) => typeof source.data.id === 'string',
      onDragStart: ({ source }) => air.lift(source.data.id as string, 'pointer'),
      onDropTargetChange: ({ location }) =>
        air.over(location.current.dropTargets[0]?.data.bucket as Bucket | undefined),
      onDrop: ({ location }) => air.end(location.current.dropTargets[0]?.data.bucket as Bucket | undefined),
    });
    return () => {
      stop();
      setDragging(undefined);
      keptCarrying.current = undefined;
      liveRegion.cleanup();
    };
  }, [air]);
}
