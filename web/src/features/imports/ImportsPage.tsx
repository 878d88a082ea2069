/** A manifest in three steps: the file, a look at what it would do with repairs, the import. Below, earlier ones. */

import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { queryClient } from '@/shared/api/queryClient';
import type { Report } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { useRefusal } from '@/shared/ui/Action';
import { PageTitle } from '@/shared/ui/PageTitle';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { working } from '@/shared/work/work';
import { Drop } from './Drop';
import { Earlier } from './Earlier';
import { Review } from './Review';
import { Running } from './Running';
import { Steps } from './Steps';
import type { ImportsSearch } from './search';
import { readSheet, type Sheet } from './sheet';
import { begin, follow, tryOut } from './upload';
import { useImportWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/imports');

/** A file that was tried out: nothing of it is stored yet. */
export interface Tried {
  file: File;
  /** Its rows, unless only the server can read it. */
  sheet: Sheet | undefined;
  report: Report;
}

export function ImportsPage() {
  const { t } = useImportWords();
  const errorWords = useErrorWords();
  const format = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('imports.write');
  const [tried, setTried] = useState<Tried>();
  const change = (next: ImportsSearch) => void navigate({ search: next, replace: true, resetScroll: false });

  const attempt = useMutation({
    mutationFn: async (file: File): Promise<Tried> => {
      const report = await tryOut(file);
      const columns = [...report.errors, ...report.warnings].map(({ column }) => column).filter(Boolean);
      return { file, report, sheet: await readSheet(file, [...new Set(columns)]) };
    },
    onSuccess: (result) => {
      setTried(result);
      change({});
    },
  });

  const run = useMutation({
    mutationFn: (file: File) => begin(file),
    onSuccess: (report, file) => {
      const { id } = report;
      if (!id) return;
      setTried(undefined);
      change({ import: id });
      void working(t('running', { name: file.name }), (progress) => follow(id, progress))
        .then(({ created, updated }) =>
          toast.success({
            title: t('done', { created: format.count(created), updated: format.count(updated) }),
          }),
        )
        .catch((error) => toast.error({ title: file.name, text: errorWords(error) }))
        .finally(() => queryClient.invalidateQueries({ queryKey: ['imports'] }));
    },
  });

  const step = search.import ? 3 : tried ? 2 : 1;
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <Steps at={step} />
      {step === 1 && (
        <Drop
          refusal={refusal}
          busy={attempt.isPending}
          error={attempt.error}
          retry={() => attempt.variables && attempt.mutate(attempt.variables)}
          take={(file) => attempt.mutate(file)}
        />
      )}
      {step === 2 && tried && (
        <Review
          tried={tried}
          search={search}
          change={change}
          refusal={refusal}
          busy={attempt.isPending}
          starting={run.isPending}
          error={attempt.error ?? run.error}
          again={(file) => attempt.mutate(file)}
          start={() => run.mutate(tried.file)}
          leave={() => {
            setTried(undefined);
            change({});
          }}
        />
      )}
      {step === 3 && search.import && <Running id={search.import} leave={() => change({})} />}
      {step !== 2 && (
        <Earlier page={search.earlier ?? 1} onPage={(earlier) => change({ ...search, earlier })} />
      )}
    </>
  );
}
