/** The imports there have been, the newest first. */

import { IconDownload } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useFormats } from '@/shared/format/formats';
import { Bone } from '@/shared/ui/Late';
import { Pager } from '@/shared/ui/Pager';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { useListWords } from '@/shared/words/lists';
import css from './imports.module.css';
import { importsQuery } from './upload';
import { useImportWords } from './words';

const LIMIT = 20;

export function Earlier({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const { t } = useImportWords();
  return (
    <div className={css.below}>
      <Section
        title={t('earlier.title')}
        skeleton={
          <div className={table.bones}>
            <Bone width="60%" />
            <Bone width="52%" />
          </div>
        }
      >
        <List page={page} onPage={onPage} />
      </Section>
    </div>
  );
}

function List({ page, onPage }: { page: number; onPage: (page: number) => void }) {
  const { t } = useImportWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  const { data, meta } = useSuspenseQuery(importsQuery(page)).data;
  const total = meta?.total ?? data.length;
  if (total === 0) return <p className={css.cut}>{t('earlier.none')}</p>;
  return (
    <>
      <div className={table.scroll}>
        <table className={table.table}>
          <caption className={css.hidden}>{t('earlier.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('earlier.file')}</th>
              <th scope="col">{t('earlier.when')}</th>
              <th scope="col">{t('earlier.who')}</th>
              <th scope="col">{t('earlier.state')}</th>
              {(['rows', 'created', 'updated', 'rejected'] as const).map((what) => (
                <th key={what} scope="col" className={table.number}>
                  {t(`count.${what}`)}
                </th>
              ))}
              <th scope="col">{t('earlier.report')}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <Link
                    to="/dashboard/pipeline/imports"
                    search={{ import: one.id }}
                    className={table.link}
                    title={one.file_name}
                  >
                    <span className={table.clip}>{one.file_name}</span>
                  </Link>
                </th>
                <td className={table.figure}>{format.ago(one.created_at)}</td>
                <td>
                  {one.created_by_name ?? lists(one.created_by.type === 'api_key' ? 'program' : 'system')}
                </td>
                <td className={table.quiet}>{t(`state.${one.state}`)}</td>
                {(['rows', 'created', 'updated', 'rejected'] as const).map((what) => (
                  <td key={what} className={table.number}>
                    {format.count(one[what])}
                  </td>
                ))}
                <td>
                  <a href={`/api/v1/pipeline/imports/${one.id}/report.csv`} download className={css.download}>
                    <IconDownload size={16} stroke={1.8} aria-hidden />
                    CSV
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {total > LIMIT && (
        <Pager page={page} limit={LIMIT} total={total} onPage={onPage}>
          {t('earlier.count', { count: total })}
        </Pager>
      )}
    </>
  );
}
