/** Where somebody is signed in, and the way to end that: one's own sessions, or another person's for an administrator. */

import { Button } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { SessionInfo } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { useCanWrite } from '@/shared/live/status';
import { Empty } from '@/shared/ui/Empty';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useSessionListWords } from '@/shared/words/sessions';
import { browserOf } from './browser';
import css from './sessions.module.css';

export function SessionList({
  sessions,
  end,
  endRest,
  changed,
}: {
  sessions: SessionInfo[];
  end: (id: string) => Promise<unknown>;
  /** All, or all but the one that is used here. */
  endRest: () => Promise<unknown>;
  changed: () => unknown;
}) {
  const { t } = useSessionListWords();
  const errorWords = useErrorWords();
  const canWrite = useCanWrite();
  const own = sessions.some(({ current }) => current);
  const rest = sessions.filter(({ current }) => !current).length;
  const all = useMutation({
    mutationFn: endRest,
    onSuccess: () => toast.success({ title: t(own ? 'others_ended' : 'all_ended') }),
    onError: (error) => toast.error({ title: t('title'), text: errorWords(error) }),
    onSettled: changed,
  });
  if (sessions.length === 0) {
    return (
      <Empty icon={IconDeviceDesktop} title={t('none')}>
        {t('none_text')}
      </Empty>
    );
  }
  return (
    <>
      <ul className={css.list}>
        {sessions.map((session) => (
          <Session key={session.id} session={session} end={end} changed={changed} />
        ))}
      </ul>
      {rest > 0 && (
        <div className={css.foot}>
          <Button variant="default" loading={all.isPending} disabled={!canWrite} onClick={() => all.mutate()}>
            {t(own ? 'end_others' : 'end_all')}
          </Button>
        </div>
      )}
    </>
  );
}

function Session({
  session,
  end,
  changed,
}: {
  session: SessionInfo;
  end: (id: string) => Promise<unknown>;
  changed: () => unknown;
}) {
  const { t } = useSessionListWords();
  const errorWords = useErrorWords();
  const format = useFormats();
  const canWrite = useCanWrite();
  const known = browserOf(session.user_agent);
  const name = known ? t('on', known) : t('unknown');
  const isPhone = known?.system === 'Android' || known?.system === 'iOS';
  const Icon = isPhone ? IconDeviceMobile : IconDeviceDesktop;
  const ending = useMutation({
    mutationFn: () => end(session.id),
    onSuccess: () => toast.success({ title: t('ended') }),
    onError: (error) => toast.error({ title: name, text: errorWords(error) }),
    onSettled: changed,
  });
  return (
    <li className={css.session}>
      <Icon size={22} stroke={1.6} aria-hidden />
      <span className={css.what}>
        <strong>
          {name} {session.current && <span className={css.this}>{t('this')}</span>}
        </strong>
        <span>
          {[
            t('seen', { time: format.ago(session.last_seen_at) }),
            t('since', { time: format.ago(session.created_at) }),
            session.address && t('from', { address: session.address }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      {!session.current && (
        <Button
          variant="default"
          loading={ending.isPending}
          disabled={!canWrite}
          aria-label={t('end_label', { browser: name, time: format.ago(session.created_at) })}
          onClick={() => ending.mutate()}
        >
          {t('end')}
        </Button>
      )}
    </li>
  );
}
