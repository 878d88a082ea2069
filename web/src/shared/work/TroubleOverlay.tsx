/** Over the page when work could be lost: what is not stored, why, and the way on. What was typed stays behind it. */

import '@/shared/ui/modalStyles';

import { Button, Modal } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError } from '@/shared/api/errors';
import { useCommonWords } from '@/shared/words/common';
import { useErrorWords } from '@/shared/words/errors';
import { useTrouble } from './work';
import css from './work.module.css';

export default function TroubleOverlay() {
  const { t } = useCommonWords();
  const words = useErrorWords();
  const trouble = useTrouble();
  if (!trouble) return null;
  const { title, error, answer } = trouble;
  return (
    <Modal
      opened
      onClose={() => answer(false)}
      closeOnClickOutside={false}
      withCloseButton={false}
      title={
        <span className={css.title}>
          <IconAlertTriangle size={22} stroke={1.8} aria-hidden />
          {title}
        </span>
      }
    >
      <p className={css.text}>
        {words(error)} {t('still_here')}
      </p>
      {error instanceof ApiError && error.requestId && (
        <p className={css.small}>{t('request_code', { id: error.requestId })}</p>
      )}
      <div className={css.actions}>
        <Button onClick={() => answer(true)} data-autofocus>
          {t('action.retry')}
        </Button>
        <Button variant="default" onClick={() => answer(false)}>
          {t('action.cancel')}
        </Button>
      </div>
    </Modal>
  );
}
