/** Where a file is dropped, or chosen. */

import { Button } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useDropzone } from 'react-dropzone';
import { Failure } from '@/shared/ui/Failure';
import css from './imports.module.css';
import { useImportWords } from './words';

/** As the server takes it. */
const MOST_BYTES = 32 * 1024 * 1024;
const KINDS = {
  'text/csv': ['.csv', '.txt'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
};

export function Drop({
  refusal,
  busy,
  error,
  retry,
  take,
}: {
  refusal: string | undefined;
  busy: boolean;
  error: unknown;
  retry: () => void;
  take: (file: File) => void;
}) {
  const { t } = useImportWords();
  const zone = useDropzone({
    accept: KINDS,
    maxSize: MOST_BYTES,
    multiple: false,
    disabled: refusal !== undefined || busy,
    noClick: true,
    noKeyboard: true,
    onDropAccepted: ([file]) => file && take(file),
  });
  const rejected = zone.fileRejections[0]?.errors[0]?.code;
  return (
    <section className={css.panel} aria-label={t('step.file')}>
      <div {...zone.getRootProps()} className={css.drop} data-over={zone.isDragActive || undefined}>
        <input {...zone.getInputProps({ 'aria-label': t('drop.label') })} />
        <IconFileImport size={22} stroke={1.6} aria-hidden />
        <strong>{t('drop.title')}</strong>
        <p>{t('drop.text')}</p>
        <Button onClick={zone.open} loading={busy} disabled={refusal !== undefined}>
          {t('drop.choose')}
        </Button>
        {refusal && <p>{refusal}</p>}
        {rejected && (
          <p className={css.bad} role="alert">
            {t(rejected === 'file-too-large' ? 'drop.too_big' : 'drop.wrong_kind')}
          </p>
        )}
      </div>
      {Boolean(error) && !busy && <Failure what={t('drop.this')} error={error} retry={retry} />}
    </section>
  );
}
