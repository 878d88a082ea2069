/**
 * Work that takes time or must not be lost.
 *
 * `working` shows a panel with name, progress and time left while a long job runs, which may be hidden:
 *
 *     await working(t('importing'), async (progress) => { …; progress(done, total); });
 *
 * `insisting` is for what somebody has arranged on the page itself: when it cannot be stored at the moment, an overlay
 * says so and offers to try again. Either it is stored in the end, or the error is the caller's, as is every refusal
 * that another try would not change. (A form says the same at its foot.)
 */

import { createStore, useSelector } from '@tanstack/react-store';
import { ApiError } from '@/shared/api/errors';

export interface Job {
  id: string;
  label: string;
  startedAt: number;
  /** How much of how much; `undefined` until that is known. */
  done?: number;
  total?: number;
  hidden: boolean;
}

interface Trouble {
  title: string;
  error: unknown;
  answer: (again: boolean) => void;
}

const jobs = createStore<readonly Job[]>([]);
const trouble = createStore<{ current: Trouble | undefined }>({ current: undefined });

const change = (id: string, part: Partial<Job>) =>
  jobs.setState((all) => all.map((job) => (job.id === id ? { ...job, ...part } : job)));

export type Progress = (done: number, total: number) => void;

export async function working<T>(label: string, run: (progress: Progress) => Promise<T>): Promise<T> {
  const id = crypto.randomUUID();
  jobs.setState((all) => [...all, { id, label, startedAt: Date.now(), hidden: false }]);
  try {
    return await run((done, total) => change(id, { done, total }));
  } finally {
    jobs.setState((all) => all.filter((job) => job.id !== id));
  }
}

export const hideJob = (id: string): void => change(id, { hidden: true });

export const useJobs = (): readonly Job[] => useSelector(jobs, (all) => all);

/** `title` says what is not stored: "Tahap baru belum tersimpan". */
export async function insisting<T>(title: string, run: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof ApiError && error.passing)) throw error;
      const again = await new Promise<boolean>((answer) => {
        trouble.setState(() => ({ current: { title, error, answer } }));
      });
      trouble.setState(() => ({ current: undefined }));
      if (!again) throw error;
    }
  }
}

export const currentTrouble = (): Trouble | undefined => trouble.get().current;

export const useTrouble = (): Trouble | undefined => useSelector(trouble, ({ current }) => current);
