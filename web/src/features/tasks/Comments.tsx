/** What people said about a task, newest last, and a place to say something. */

import { Button, Textarea } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import type { TaskCard } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { Failure } from '@/shared/ui/Failure';
import { Initials } from '@/shared/ui/Initials';
import { useErrorWords } from '@/shared/words/errors';
import { useReason } from './ActionButton';
import css from './drawer.module.css';
import { wanted } from './wanted';
import { useTasksWords } from './words';

export function Comments({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const format = useFormats();
  const query = useInfiniteQuery({
    queryKey: ['comments', task.id],
    queryFn: ({ pageParam, signal }) =>
      ask(
        api.GET('/api/v1/pipeline/tasks/{id}/comments', {
          signal,
          params: { path: { id: task.id }, query: { page: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: 1,
    getNextPageParam: ({ meta }) =>
      meta?.page && meta.pages && meta.page < meta.pages ? meta.page + 1 : undefined,
  });
  const all = query.data?.pages.flatMap(({ data }) => data) ?? [];
  const inOrder = [...all].sort((a, b) => a.created_at.localeCompare(b.created_at));
  return (
    <section className={css.part} aria-label={t('drawer.comments')}>
      <h3 className={css.heading}>{t('drawer.comments')}</h3>
      {query.error && !query.data && (
        <Failure what={t('drawer.comments')} error={query.error} retry={() => void query.refetch()} />
      )}
      {query.hasNextPage && (
        <Button variant="default" size="xs" onClick={() => void query.fetchNextPage()}>
          {t('drawer.older')}
        </Button>
      )}
      {query.data && all.length === 0 && <p className={css.quiet}>{t('drawer.no_comments')}</p>}
      <ol className={css.comments}>
        {inOrder.map((comment) => (
          <li key={comment.id}>
            <Initials name={comment.author_name} />
            <div>
              <div className={css.quiet}>
                <b>{comment.author_name}</b> · {format.ago(comment.created_at)}
              </div>
              <p className={css.text}>{comment.body}</p>
            </div>
          </li>
        ))}
      </ol>
      <CommentForm task={task} />
    </section>
  );
}

function CommentForm({ task }: { task: TaskCard }) {
  const { t } = useTasksWords();
  const words = useErrorWords();
  const reason = useReason()('comment', task);
  const [body, setBody] = useState('');
  const [focused] = useState(() => wanted.part === 'comment');
  const sending = useMutation({
    mutationFn: () =>
      ask(
        api.POST('/api/v1/pipeline/tasks/{id}/comments', {
          params: { path: { id: task.id } },
          body: { body: body.trim() },
        }),
      ),
    onSuccess: () => {
      setBody('');
      return queryClient.invalidateQueries({ queryKey: ['comments', task.id] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (body.trim() !== '' && !reason) sending.mutate();
  };
  return (
    <form className={css.form} onSubmit={submit}>
      <Textarea
        aria-label={t('drawer.comment')}
        placeholder={t('drawer.comment')}
        rows={2}
        maxLength={2000}
        autoFocus={focused}
        value={body}
        // what was typed stays when it could not be sent
        error={sending.error ? words(sending.error) : undefined}
        onChange={(event) => setBody(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
        }}
      />
      <div className={css.foot}>
        <Button
          type="submit"
          variant="default"
          leftSection={<IconSend size={16} stroke={1.8} aria-hidden />}
          loading={sending.isPending}
          disabled={body.trim() === '' || Boolean(reason)}
        >
          {t('drawer.send')}
        </Button>
      </div>
    </form>
  );
}
