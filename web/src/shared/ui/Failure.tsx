/** Says what could not be loaded and why, and tries again by itself where that may help. */

import { Button } from '@mantine/core';
import { IconPlugConnectedX, IconRefresh } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/shared/api/errors';
import { useCommonWords } from '@/shared/words/common';
import { useErrorWords } from '@/shared/words/errors';
import css from './ui.module.css';

const AGAIN_AFTER_SECONDS = 8;

export function Failure({ what, error, retry }: { what: string; error: unknown; retry: () => void }) {
  const { t } = useCommonWords();
  const words = useErrorWords();
  const passing = error instanceof ApiError && error.passing;
  const wait = (error instanceof ApiError && error.retryAfterSeconds) || AGAIN_AFTER_SECONDS;
  const left = useCountdown(passing ? wait : undefined, retry);
  return (
    <div className={css.failure} role="alert">
      <IconPlugConnectedX size={22} stroke={1.6} aria-hidden />
      <div className={css.failureText}>
        <strong>{t('section_failed', { what })}</strong>
        {words(error)} {left !== undefined && t('retry_in', { count: left })}
        {error instanceof ApiError && error.requestId && (
          <div>
            <small>{t('request_code', { id: error.requestId })}</small>
          </div>
        )}
      </div>
      <Button variant="default" leftSection={<IconRefresh size={16} stroke={1.8} />} onClick={retry}>
        {t('action.retry')}
      </Button>
    </div>
  );
}

/** Seconds left until `done` is called; none without a beginning. */
function useCountdown(from: number | undefined, done: () => void): number | undefined {
  const [left, setLeft] = useState(from);
  const latest = useRef(done);
  latest.current = done;
  useEffect(() => {
    if (left === undefined) return;
    const timer = setTimeout(() => (left <= 1 ? latest.current() : setLeft(left - 1)), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return left;
}
