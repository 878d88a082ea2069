/** What happened, from the log, the newest first. The page before last week's is an address, too. */

import { IconChevronLeft, IconChevronRight, IconSettings } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { HistoryEvent, JamaahDetail } from '@/shared/api/types';
import { jamaahHistoryQuery } from '@/shared/entities/jamaah';
import { useNameOf } from '@/shared/entities/people';
import { useFormats } from '@/shared/format/formats';
import { Initials } from '@/shared/ui/Initials';
import { Section } from '@/shared/ui/Section';
import { useListWords } from '@/shared/words/lists';
import css from './page.module.css';
import { useHistoryWords } from './useHistoryWords';
import { useJamaahWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/jamaah/$id');

export function History({ of }: { of: JamaahDetail }) {
  const { t } = useJamaahWords();
  const { t: lists } = useListWords();
  const format = useFormats();
  const { history = 1 } = route.useSearch();
  const navigate = route.useNavigate();
  // the first page comes with the person, and changes with them
  const older = useQuery({
    ...jamaahHistoryQuery(of.id, history),
    enabled: history > 1,
    placeholderData: keepPreviousData,
  }).data;
  const shown = (history > 1 ? older : undefined) ?? of.events;
  const go = (page: number) =>
    void navigate({ search: page === 1 ? {} : { history: page }, replace: true, resetScroll: false });
  if (!shown) return null;
  const pages = Math.max(1, shown.pages);
  return (
    <Section
      title={t('history.title')}
      aside={t('history.aside', { count: shown.total, total: format.count(shown.total) })}
      actions={
        pages > 1 && (
          <span className={css.historyPages}>
            <button
              type="button"
              aria-label={lists('previous')}
              disabled={history <= 1}
              onClick={() => go(history - 1)}
            >
              <IconChevronLeft size={16} stroke={1.8} aria-hidden />
            </button>
            {history} / {pages}
            <button
              type="button"
              aria-label={lists('next')}
              disabled={history >= pages}
              onClick={() => go(history + 1)}
            >
              <IconChevronRight size={16} stroke={1.8} aria-hidden />
            </button>
          </span>
        )
      }
      skeleton={null}
    >
      <ol className={css.history}>
        {shown.items.map((event) => (
          <Entry key={event.seq} event={event} />
        ))}
      </ol>
    </Section>
  );
}

function Entry({ event }: { event: HistoryEvent }) {
  const { t: lists } = useListWords();
  const format = useFormats();
  const nameOf = useNameOf();
  const words = useHistoryWords();
  const { actor } = event;
  const who =
    actor.type === 'system'
      ? lists('system')
      : (event.actor_name ?? nameOf(actor) ?? lists(actor.type === 'user' ? 'somebody' : 'program'));
  return (
    <li>
      {actor.type === 'system' ? (
        <span className={css.program}>
          <IconSettings size={14} stroke={1.8} aria-hidden />
        </span>
      ) : (
        <Initials name={who} />
      )}
      <span className={css.historyHead}>
        <b>{who}</b>
        <time dateTime={event.occurred_at}>{format.ago(event.occurred_at)}</time>
        <span>· #{format.count(event.seq)}</span>
      </span>
      <span className={css.historyText}>{words(event)}</span>
    </li>
  );
}
