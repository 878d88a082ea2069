/** Carries out the same with all that are chosen: asks first when they are many, shows how far it is, and reports. */

import type { Task, TaskCard } from '@/shared/api/types';
import { takeTask } from '@/shared/entities/tasks';
import { useFormats } from '@/shared/format/formats';
import { useMe } from '@/shared/session/session';
import { toast } from '@/shared/ui/toast';
import { useCommonWords } from '@/shared/words/common';
import { useErrorWords } from '@/shared/words/errors';
import { working } from '@/shared/work/work';
import { type BulkOutcome, inverses, sendAll } from './bulk';
import type { Command } from './command';
import { cardOf } from './commands';
import { askFor } from './dialogs';
import { clearSelection } from './selection';
import { setAllPending } from './underway';
import { offerUndo } from './undo';
import { useTasksWords } from './words';

/** More than this are asked about first. */
const CONFIRMED_ABOVE = 50;

export function useBulkRun(): (ids: readonly string[], command: Command) => void {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const errorWords = useErrorWords();
  const format = useFormats();
  const { timezone } = useMe().tenant;

  const names: Record<Command['action'], string> = {
    complete: t('bulk.complete'),
    block: t('action.block'),
    unblock: t('action.unblock'),
    start: t('action.start'),
    reopen: t('action.reopen'),
    cancel: t('action.cancel'),
    assign: t('action.assign'),
    update: t('action.edit'),
  };

  /** Resolves to what became of each, also when it had to stop half way. */
  async function carryOut(command: Command, tasks: readonly TaskCard[]): Promise<BulkOutcome | undefined> {
    const all = tasks.length;
    let done = 0;
    const ids = tasks.map(({ id }) => id);
    setAllPending(ids, command.action);
    try {
      return await working(names[command.action], (progress) =>
        sendAll(command, tasks, (answered, results) => {
          done = answered;
          progress(done, all);
          for (const { data } of results) if (data) takeTask(data as Task, timezone);
          setAllPending(
            results.map(({ id }) => id),
            undefined,
          );
        }),
      );
    } catch (error) {
      toast.error({
        title: t('bulk.stopped', { done: format.count(done), all: format.count(all) }),
        text: errorWords(error),
      });
      return undefined;
    } finally {
      setAllPending(ids, undefined);
    }
  }

  function report(outcome: BulkOutcome): void {
    const { command, done, failed } = outcome;
    if (failed.length > 0) {
      toast.error({
        title: t('bulk.failed', {
          failed: format.count(failed.length),
          all: format.count(done.length + failed.length),
        }),
        text: done.length > 0 ? t('bulk.failed_text') : undefined,
        action: { label: t('bulk.view'), run: () => askFor({ kind: 'outcome', outcome }) },
      });
      return;
    }
    const groups = inverses(command, done);
    const title = t(`bulk.done.${command.action}`, { count: done.length });
    if (groups.length === 0) {
      toast.success({ title });
      return;
    }
    const run = offerUndo(async () => {
      for (const group of groups) {
        const tasks = group.ids.map(cardOf).filter((task) => task !== undefined);
        const undone = await carryOut(group.command, tasks);
        if (!undone) return;
        if (undone.failed.length > 0) return report(undone);
      }
      toast.success({ title: t('done.undone') });
    });
    toast.success({ title, action: { label: common('action.undo'), run } });
  }

  return (ids, command) => {
    const tasks = ids.map(cardOf).filter((task) => task !== undefined);
    const go = async () => {
      const outcome = await carryOut(command, tasks);
      if (!outcome) return;
      clearSelection();
      report(outcome);
    };
    if (tasks.length <= CONFIRMED_ABOVE) void go();
    else askFor({ kind: 'confirm', count: tasks.length, what: names[command.action], go: () => void go() });
  };
}
