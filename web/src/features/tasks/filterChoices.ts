/** What the filters offer: the tenant's stages, departures to come and people, and the fixed words. */

import { useQuery } from '@tanstack/react-query';
import { departureChoicesQuery } from '@/shared/entities/departures';
import { peopleQuery } from '@/shared/entities/people';
import { useStageName, useStages } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useCommonWords } from '@/shared/words/common';
import { useTasksWords } from './words';

const STATUSES = ['overdue', 'pending', 'in_progress', 'blocked', 'completed', 'cancelled', 'all'] as const;
export const PRIORITIES = ['urgent', 'high', 'normal', 'low'] as const;

export function useFilterChoices() {
  const { t } = useTasksWords();
  const common = useCommonWords().t;
  const format = useFormats();
  const stageName = useStageName();
  const stages = useStages();
  const departures = useQuery(departureChoicesQuery).data ?? [];
  const people = useQuery(peopleQuery).data ?? [];
  return {
    stage: stages.map((stage) => ({ value: stage.code, label: stageName(stage) })),
    departure: departures.map(({ id, code, departure_date }) => ({
      value: id,
      label: `${code} · ${format.date(departure_date)}`,
    })),
    assignee: [
      { value: 'me', label: t('filter.me') },
      { value: 'none', label: t('filter.none') },
      ...people.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name })),
    ],
    priority: PRIORITIES.map((value) => ({ value, label: common(`priority.${value}`) })),
    status: STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
  };
}
