/** One import: how far it is, and what came of it. */

import '@mantine/core/styles/Progress.layer.css';

import { Button, Progress } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ImportDetail } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { isLive } from '@/shared/live/status';
import { Bone } from '@/shared/ui/Late';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import css from './imports.module.css';
import { ProblemTable } from './ProblemTable';
import { importQuery } from './upload';
import { useImportWords } from './words';

const LOOK_EVERY_MS = 1000;
/** More than this is for a spreadsheet program. */
const SHOWN = 100;

export function Running({ id, leave }: { id: string; leave: () => void }) {
  const { t } = useImportWords();
  return (
    <Section
      title={t('result.title')}
      actions={
        <Button variant="default" onClick={leave}>
          {t('result.another')}
        </Button>
      }
      skeleton={
        <div className={table.bones}>
          <Bone width="40%" />
          <Bone width="72%" />
        </div>
      }
    >
      <Result id={id} />
    </Section>
  );
}

function Result({ id }: { id: string }) {
  const { t } = useImportWords();
  const format = useFormats();
  const one = useSuspenseQuery({
    ...importQuery(id),
    refetchInterval: ({ state }) => (state.data?.state === 'running' && !isLive() ? LOOK_EVERY_MS : false),
  }).data;
  const share = one.rows > 0 ? one.processed / one.rows : 1;
  const problems = [...one.errors, ...one.warnings];
  return (
    <>
      <div className={css.result}>
        <div className={css.resultHead}>
          <strong>{one.file_name}</strong>
          <span>{t(`state.${one.state}`)}</span>
        </div>
        {one.state === 'running' ? (
          <>
            <Progress value={share * 100} size={6} aria-label={t('result.progress')} />
            <p className={css.note} role="status">
              {t('result.so_far', { done: format.count(one.processed), rows: format.count(one.rows) })}
            </p>
          </>
        ) : (
          <Counts of={one} />
        )}
        {one.state !== 'running' && (
          <div className={css.resultLinks}>
            <a href={`/api/v1/pipeline/imports/${id}/report.csv`} download className={css.download}>
              <IconDownload size={16} stroke={1.8} aria-hidden />
              {t('result.report')}
            </a>
            <Link
              to="/dashboard/pipeline/jamaah"
              search={{ sort: '-registered_at' }}
              className={css.download}
            >
              {t('result.jamaah')}
            </Link>
          </div>
        )}
      </div>
      {problems.length > 0 && <ProblemTable problems={problems.slice(0, SHOWN)} sheet={undefined} />}
      {problems.length > SHOWN && (
        <p className={css.cut}>{t('result.more', { count: problems.length - SHOWN })}</p>
      )}
    </>
  );
}

function Counts({ of }: { of: ImportDetail }) {
  const { t } = useImportWords();
  const format = useFormats();
  return (
    <dl className={css.counts}>
      {(['created', 'updated', 'unchanged', 'rejected'] as const).map((what) => (
        <div key={what} data-bad={(what === 'rejected' && of[what] > 0) || undefined}>
          <dt>{t(`count.${what}`)}</dt>
          <dd>{format.count(of[what])}</dd>
        </div>
      ))}
    </dl>
  );
}
