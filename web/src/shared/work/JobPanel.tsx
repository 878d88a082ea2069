/** Long jobs at the edge of the page: name, how much of how much, time left, and a way to put them out of sight. */

import '@mantine/core/styles/Progress.layer.css';

import { Progress } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useFormats } from '@/shared/format/formats';
import { useCommonWords } from '@/shared/words/common';
import { hideJob, type Job, useJobs } from './work';
import css from './work.module.css';

/** What is over by then needs no panel. */
const AFTER_MS = 500;
const TICK_MS = 500;

export default function JobPanel() {
  const jobs = useJobs();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  const shown = jobs.filter(({ hidden, startedAt }) => !hidden && now - startedAt >= AFTER_MS);
  if (shown.length === 0) return null;
  return (
    <div className={css.jobs}>
      {shown.map((job) => (
        <Running key={job.id} job={job} now={now} />
      ))}
    </div>
  );
}

function Running({ job: { id, label, startedAt, done, total }, now }: { job: Job; now: number }) {
  const { t } = useCommonWords();
  const format = useFormats();
  const share = done !== undefined && total ? done / total : undefined;
  const left = share ? ((now - startedAt) * (1 - share)) / share : undefined;
  return (
    <section className={css.job} aria-label={label}>
      <div className={css.line}>
        <strong>{label}</strong>
        {share !== undefined && (
          <span>
            {format.count(done ?? 0)} · {format.percent(share, 0)}
          </span>
        )}
      </div>
      <Progress value={(share ?? 1) * 100} animated={share === undefined} size={6} aria-label={label} />
      <div className={css.line}>
        <span>{left !== undefined && t('time_left', { time: format.wait(left) })}</span>
        <button type="button" onClick={() => hideJob(id)}>
          {t('action.hide')}
        </button>
      </div>
    </section>
  );
}
