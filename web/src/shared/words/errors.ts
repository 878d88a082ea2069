/** What went wrong, in a sentence for people. */

import { ApiError } from '@/shared/api/errors';
import { useCommonWords } from './common';

export function useErrorWords(): (error: unknown) => string {
  const { t } = useCommonWords();
  return (error) => {
    if (!(error instanceof ApiError)) return t('error.INTERNAL');
    if (error.code === 'RATE_LIMIT_EXCEEDED' && error.retryAfterSeconds) {
      return t('error.RATE_LIMIT_EXCEEDED_in', { count: error.retryAfterSeconds });
    }
    return t(`error.${error.code}`);
  };
}
