/** The end of a form: what became of the last attempt, and the buttons. */

import { Button } from '@mantine/core';
import { IconAlertTriangle, IconHistory } from '@tabler/icons-react';
import { useCanWrite } from '@/shared/live/status';
import { useCommonWords } from '@/shared/words/common';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import css from './form.module.css';

export function FormFoot({
  what,
  save,
  saving,
  error,
  restored = false,
  discard,
  cancel,
}: {
  /** "Tahap baru", for "Tahap baru belum tersimpan". */
  what: string;
  /** The button's words: "Simpan", "Daftarkan". */
  save: string;
  saving: boolean;
  error: unknown;
  restored?: boolean;
  /** Begins anew instead of with what had been typed before. */
  discard?: () => void;
  cancel: () => void;
}) {
  const { t } = useListWords();
  const { t: common } = useCommonWords();
  const errorWords = useErrorWords();
  const canWrite = useCanWrite();
  const failed = Boolean(error) && !saving;
  return (
    <div className={css.foot}>
      {failed && (
        <div className={css.notSaved} role="alert">
          <IconAlertTriangle size={22} stroke={1.6} aria-hidden />
          <div>
            <strong>{t('not_saved', { what })}</strong>
            {errorWords(error)} {t('still_here')}
          </div>
        </div>
      )}
      {restored && !failed && (
        <div className={css.restored} role="status">
          <IconHistory size={16} stroke={1.8} aria-hidden />
          {t('kept_draft')}
          {discard && (
            <button type="button" className={css.textButton} onClick={discard}>
              {t('discard')}
            </button>
          )}
        </div>
      )}
      <div className={css.buttons}>
        {!canWrite && <span className={css.hint}>{t('not_now')}</span>}
        <Button variant="default" onClick={cancel}>
          {t('cancel')}
        </Button>
        <Button type="submit" loading={saving} disabled={!canWrite} loaderProps={{ type: 'dots' }}>
          {failed ? common('action.retry') : save}
        </Button>
      </div>
    </div>
  );
}
