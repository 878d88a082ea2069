/** The list as it is filtered, as a file. A plain link: the browser saves it. */

import { IconDownload } from '@tabler/icons-react';
import { useMay } from '@/shared/session/session';
import { useListWords } from '@/shared/words/lists';
import css from './jamaah.module.css';
import { useJamaahWords } from './words';

export function Export({ filters }: { filters: Record<string, string | number | boolean | undefined> }) {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const may = useMay()('exports.read');
  const query = new URLSearchParams(
    Object.entries(filters).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
  );
  return (
    <span className={css.export}>
      <IconDownload size={16} stroke={1.8} aria-hidden />
      {(['csv', 'xlsx'] as const).map((kind) =>
        may ? (
          <a
            key={kind}
            href={`/api/v1/pipeline/export.${kind}?${query}`}
            download
            aria-label={t(`export.${kind}`)}
          >
            {kind.toUpperCase()}
          </a>
        ) : (
          <button
            key={kind}
            type="button"
            aria-disabled
            aria-label={t(`export.${kind}`)}
            aria-description={lists('forbidden')}
            data-tip={lists('forbidden')}
          >
            {kind.toUpperCase()}
          </button>
        ),
      )}
    </span>
  );
}
