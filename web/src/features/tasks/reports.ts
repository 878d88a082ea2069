/** Toasts about one's own commands: done, with a way back; refused, with who and what. */

import { useMemo, useRef } from 'react';
import { ApiError } from '@/shared/api/errors';
import type { Actor, Task, TaskCard } from '@/shared/api/types';
import { lastChange } from '@/shared/live/changes';
import { toast } from '@/shared/ui/toast';
import { useCommonWords } from '@/shared/words/common';
import { useErrorWords } from '@/shared/words/errors';
import { type Command, inverse } from './command';
import { keepDraft } from './drafts';
import { useCalled, verbOf } from './lines';
import { offerUndo } from './undo';
import { useTasksWords } from './words';

/** The event that tells who it was comes by another way than the refusal. */
const NEWS_WITHIN_MS = 400;
const LOOK_EVERY_MS = 40;

export interface Reports {
  /** `back` carries out what takes it back; without it nothing is offered. */
  done: (before: TaskCard, command: Command, back: ((command: Command) => void) | undefined) => void;
  refused: (before: TaskCard, command: Command, error: unknown, again: () => void) => Promise<void>;
}

export function useReports(open: (id: string) => void): Reports {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const errorWords = useErrorWords();
  const called = useCalled();
  const make = (): Reports => ({
    done(before, command, back) {
      const about = t('done.about', { title: before.title, name: before.jamaah_name });
      const undo = back && inverse(command, before);
      if (!back || !undo) {
        toast.success({ title: back ? t(`done.${command.action}`) : t('done.undone'), text: about });
        return;
      }
      const run = offerUndo(() => back(undo));
      toast.success({
        title: t(`done.${command.action}`),
        text: about,
        action: { label: common('action.undo'), run },
      });
    },
    async refused(before, command, error, again) {
      keepDraft(before.id, command);
      if (error instanceof ApiError && error.status === 409) {
        const who = await whoWasFaster(before, error.current<Task>());
        toast.warning({
          title: t(`conflict.${who.did}`, { name: called(who.by) }),
          text: t('conflict.text', { title: before.title, jamaah: before.jamaah_name }),
          action: { label: t('action.view_task'), run: () => open(before.id) },
        });
        return;
      }
      toast.error({
        title: t('failed.title', { title: before.title }),
        text: errorWords(error),
        action: { label: common('action.retry'), run: again },
      });
    },
  });
  // the same object always, with the words of now
  const latest = useRef(make);
  latest.current = make;
  return useMemo(
    () => ({
      done: (...given) => latest.current().done(...given),
      refused: (...given) => latest.current().refused(...given),
    }),
    [],
  );
}

type Did = Exclude<ReturnType<typeof verbOf>, 'create' | 'comment'>;

/** Who changed the task and what they did, from the log if it has told us yet, else from the row. */
async function whoWasFaster(
  before: TaskCard,
  now: Task | undefined,
): Promise<{ by: Actor | undefined; did: Did }> {
  const since = Date.now() - 60_000;
  for (let waited = 0; waited < NEWS_WITHIN_MS; waited += LOOK_EVERY_MS) {
    const change = lastChange(`task:${before.id}`);
    if (change && change.at > since) {
      const did = verbOf(change.kind);
      return { by: change.by, did: did === 'create' || did === 'comment' ? 'update' : did };
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  if (now?.status === 'completed') return { by: now.completed_by ?? undefined, did: 'complete' };
  if (now?.status === 'cancelled') return { by: undefined, did: 'cancel' };
  if (now?.status === 'blocked' && before.status !== 'blocked') return { by: undefined, did: 'block' };
  return { by: undefined, did: 'update' };
}
