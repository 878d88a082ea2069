/** What concerns whoever looks goes to the bell; tasks given now, comments and changes of rights are toasts, too. */

import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import type { Comment, Me } from '@/shared/api/types';
import { nameOfActor } from '@/shared/entities/people';
import type { LogEvent } from '@/shared/live/event';
import { onPersonal } from '@/shared/live/personal';
import { openNews, takeEvent } from '@/shared/news/news';
import { signedInAs, useMe } from '@/shared/session/session';
import { toast } from '@/shared/ui/toast';
import { useShellWords } from './words/shell';

/** Many tasks given at once are one message. */
const TOGETHER_MS = 1200;
/** What happened longer ago was caught up with: the bell tells it. */
const NEWS_FOR_MS = 60_000;

export function Concerns() {
  const me = useMe().user?.id;
  const assigned = useAssigned();
  const commented = useCommented();
  const rights = useRights();
  const latest = useRef({ assigned, commented, rights });
  latest.current = { assigned, commented, rights };
  // what is kept is open before the first event comes
  useState(() => openNews(me));
  useEffect(() => openNews(me), [me]);
  useEffect(
    () =>
      onPersonal((event) => {
        takeEvent(event);
        if (Date.now() - Date.parse(event.at) > NEWS_FOR_MS) return;
        const mine = event.by.type === 'user' && event.by.id === me;
        if (event.subject.type === 'user' || event.subject.type === 'role') latest.current.rights();
        else if (mine || event.gone) return;
        else if (event.kind === 'task.assigned') latest.current.assigned(event);
        else if (event.kind === 'comment.created') latest.current.commented(event);
      }),
    [me],
  );
  return null;
}

function useAssigned(): (event: LogEvent) => void {
  const { t } = useShellWords();
  const navigate = useNavigate();
  const waiting = useRef<LogEvent[]>([]);
  const tell = async () => {
    const [first] = waiting.current;
    const tasks = new Set(waiting.current.map(({ subject }) => subject.id));
    waiting.current = [];
    if (!first) return;
    const name = await nameOfActor(first.by);
    toast.info({
      title: t('concerns.assigned', { count: tasks.size, name: name ?? t('concerns.somebody') }),
      action: {
        label: t('concerns.open'),
        run: () => void navigate({ to: '/dashboard/pipeline/tasks', search: { assignee: 'me' } }),
      },
    });
  };
  return (event) => {
    if (waiting.current.length === 0) setTimeout(() => void tell(), TOGETHER_MS);
    waiting.current.push(event);
  };
}

function useCommented(): (event: LogEvent) => void {
  const { t } = useShellWords();
  const navigate = useNavigate();
  return ({ after }) => {
    const comment = after as Comment | undefined;
    if (!comment) return;
    toast.info({
      title: t('concerns.commented', { name: comment.author_name }),
      text: comment.body,
      action: {
        label: t('concerns.open'),
        run: () => void navigate({ to: '/dashboard/pipeline/tasks', search: { task: comment.task_id } }),
      },
    });
  };
}

function useRights(): () => void {
  const { t } = useShellWords();
  const before = useMe();
  return async () => {
    const { data } = await ask(api.GET('/api/v1/me')).catch(() => ({ data: undefined }));
    const rights = ({ permissions, limited }: Me) => JSON.stringify([permissions, limited]);
    if (!data || rights(data) === rights(before)) return;
    signedInAs(data);
    toast.info({ title: t('concerns.rights'), text: t('concerns.rights_text') });
  };
}
