/** What the search finds for a text: pages by their names, the rest by asking the server. */

import { type Icon, IconChecklist, IconPlaneDeparture, IconUser } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, ask } from '@/shared/api/client';
import { useStageNameOf } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useMay, useMe } from '@/shared/session/session';
import { visibleTo } from './navigation';
import { useShellWords } from './words/shell';

export interface Found {
  key: string;
  icon: Icon;
  name: string;
  detail?: string | undefined;
  open: () => void;
}

const AT_ONCE = 6;
/** One letter finds half of everybody. */
const LETTERS = 2;
/** As far ahead as departures are planned. */
const DAYS_AHEAD = 400;

/** `text` as it stands, `asked` a moment later, when the typing pauses. */
export function useFound(text: string, asked: string) {
  const { t } = useShellWords();
  const jamaah = useJamaah(asked);
  const tasks = useTasks(asked);
  const departures = useDepartures(asked);
  return {
    groups: [
      { name: t('search.pages'), found: usePages(text) },
      { name: t('search.jamaah'), found: jamaah.found },
      { name: t('search.departures'), found: departures.found },
      { name: t('search.tasks'), found: tasks.found },
    ],
    searching: text !== asked || jamaah.searching || tasks.searching || departures.searching,
  };
}

const matches = (text: string, ...among: (string | null | undefined)[]): boolean =>
  text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => among.some((one) => one?.toLowerCase().includes(word)));

function usePages(text: string): Found[] {
  const { t } = useShellWords();
  const navigate = useNavigate();
  return visibleTo(useMe())
    .map(({ key, icon, to, hash }) => ({
      key: `page:${key}`,
      icon,
      name: t(`nav.${key}`),
      open: () => void navigate({ to, ...(hash ? { hash } : {}) }),
    }))
    .filter(({ name }) => matches(text, name));
}

function useJamaah(text: string): { found: Found[]; searching: boolean } {
  const { t } = useShellWords();
  const navigate = useNavigate();
  const may = useMay();
  const format = useFormats();
  const stageNameOf = useStageNameOf();
  const { data, isFetching } = useQuery({
    queryKey: ['search', 'jamaah', text],
    enabled: text.length >= LETTERS && may('jamaah.read'),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/pipeline/jamaah', { signal, params: { query: { q: text, limit: AT_ONCE } } })),
  });
  if (text.length < LETTERS || !data) return { found: [], searching: isFetching };
  const found = data.data.map(({ id, name, passport_number, departure_code, current_stage_id }) => ({
    key: `jamaah:${id}`,
    icon: IconUser,
    name,
    detail: [passport_number, departure_code, stageNameOf(current_stage_id)].filter(Boolean).join(' · '),
    open: () => void navigate({ to: '/dashboard/pipeline/jamaah/$id', params: { id } }),
  }));
  const total = data.meta?.total ?? 0;
  const more = {
    key: 'jamaah:all',
    icon: IconUser,
    name: t('search.more_jamaah', { total: format.count(total) }),
    detail: undefined,
    open: () => void navigate({ to: '/dashboard/pipeline/jamaah', search: { q: text } }),
  };
  return { found: total > found.length ? [...found, more] : found, searching: isFetching };
}

function useTasks(text: string): { found: Found[]; searching: boolean } {
  const { t } = useShellWords();
  const navigate = useNavigate();
  const format = useFormats();
  const may = useMay();
  const { data, isFetching } = useQuery({
    queryKey: ['search', 'tasks', text],
    enabled: text.length >= LETTERS && (may('tasks.read') || may('tasks.read_all')),
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      ask(api.GET('/api/v1/pipeline/tasks', { signal, params: { query: { q: text, limit: AT_ONCE } } })),
  });
  if (text.length < LETTERS || !data) return { found: [], searching: isFetching };
  const found = data.data.map(({ id, title, jamaah_name, departure_code }) => ({
    key: `task:${id}`,
    icon: IconChecklist,
    name: title,
    detail: [jamaah_name, departure_code].filter(Boolean).join(' · '),
    open: () => void navigate({ to: '/dashboard/pipeline/tasks', search: { q: text, task: id } }),
  }));
  const total = data.meta?.total ?? 0;
  const more = {
    key: 'task:all',
    icon: IconChecklist,
    name: t('search.more_tasks', { total: format.count(total) }),
    detail: undefined,
    open: () => void navigate({ to: '/dashboard/pipeline/tasks', search: { q: text } }),
  };
  return { found: total > found.length ? [...found, more] : found, searching: isFetching };
}

function useDepartures(text: string): { found: Found[]; searching: boolean } {
  const navigate = useNavigate();
  const format = useFormats();
  const may = useMay();
  const { data, isFetching } = useQuery({
    queryKey: ['search', 'departures'],
    enabled: text.length >= LETTERS && may('pipeline.read'),
    queryFn: ({ signal }) =>
      ask(
        api.GET('/api/v1/pipeline/departures', {
          signal,
          params: { query: { days: DAYS_AHEAD, limit: 100 } },
        }),
      ),
  });
  if (text.length < LETTERS || !data) return { found: [], searching: isFetching };
  const found = data.data
    .filter((departure) =>
      matches(text, departure.code, departure.package, format.date(departure.departure_date)),
    )
    .slice(0, AT_ONCE)
    .map((departure) => ({
      key: `departure:${departure.id}`,
      icon: IconPlaneDeparture,
      name: departure.code,
      detail: [format.date(departure.departure_date), departure.package].filter(Boolean).join(' · '),
      open: () => void navigate({ to: '/dashboard/pipeline/departures/$id', params: { id: departure.id } }),
    }));
  return { found, searching: isFetching };
}
