/** How ready a departure is, in words: expected, when there is a forecast; else who is ready today. */

import type { DepartureReport } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { useDepartureWords } from './words';

export function useReadyWords(): (of: DepartureReport) => string {
  const { t } = useDepartureWords();
  const format = useFormats();
  return ({ forecast, ready, people }) =>
    people === 0
      ? t('ready.nobody')
      : forecast
        ? t('ready.expected', {
            ready: format.decimal(forecast.expected_ready),
            people: format.count(people),
          })
        : t('ready.now', { ready: format.count(ready), people: format.count(people) });
}
