/**
 * The stages in order. They are moved by dragging, or by keyboard: Space lifts the one in hand, arrows move it,
 * Space puts it down, Escape puts it back. The new order is saved when somebody says so.
 */

import { Button } from '@mantine/core';
import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useState } from 'react';
import { api, ask } from '@/shared/api/client';
import { queryClient } from '@/shared/api/queryClient';
import { stagesQuery } from '@/shared/api/snapshots';
import { useStageName } from '@/shared/entities/stages';
import { toast } from '@/shared/ui/toast';
import { useErrorWords } from '@/shared/words/errors';
import { useListWords } from '@/shared/words/lists';
import { insisting } from '@/shared/work/work';
import { isSameOrder, moved, reconciled } from './order';
import { StageRow } from './StageRow';
import css from './stages.module.css';
import { useStageWords } from './words';

export function StageList({
  selected,
  open,
  refusal,
}: {
  selected: string | undefined;
  open: (code: string) => void;
  refusal: string | undefined;
}) {
  const { t } = useStageWords();
  const { t: lists } = useListWords();
  const errorWords = useErrorWords();
  const stageName = useStageName();
  const stages = useSuspenseQuery(stagesQuery).data.data;
  const present = stages.map(({ id }) => id);
  const [chosen, setChosen] = useState<string[]>();
  const [lifted, setLifted] = useState<{ id: string; before: string[] }>();
  const [said, setSaid] = useState('');
  const order = chosen ? reconciled(chosen, present) : present;
  const changed = !isSameOrder(order, present);

  const save = useMutation({
    mutationFn: () =>
      insisting(t('list.not_saved'), () =>
        ask(api.PUT('/api/v1/pipeline/stages/order', { body: { stage_ids: order } })),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: stagesQuery.queryKey });
      setChosen(undefined);
      void queryClient.invalidateQueries({ queryKey: ['stages-apply'] });
      toast.success({ title: t('list.saved') });
    },
    onError: (error) => toast.error({ title: t('list.not_saved'), text: errorWords(error) }),
  });

  const place = (id: string, to: number) => {
    const from = order.indexOf(id);
    const next = moved(order, from, to);
    setChosen(next);
    const name = nameOf(id);
    setSaid(t('list.moved', { name, position: next.indexOf(id) + 1, total: next.length }));
  };
  const nameOf = (id: string) => {
    const stage = stages.find((one) => one.id === id);
    return stage ? stageName(stage) : '';
  };

  const onKey = (id: string) => (event: KeyboardEvent) => {
    const index = order.indexOf(id);
    if (event.key === ' ') {
      event.preventDefault();
      if (lifted?.id === id) {
        setLifted(undefined);
        setSaid(t('list.dropped', { name: nameOf(id), position: index + 1 }));
      } else {
        setLifted({ id, before: order });
        setSaid(t('list.lifted', { name: nameOf(id) }));
      }
    } else if (lifted?.id === id && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      place(id, index + (event.key === 'ArrowUp' ? -1 : 1));
    } else if (lifted?.id === id && event.key === 'Escape') {
      event.stopPropagation();
      setChosen(lifted.before);
      setLifted(undefined);
      setSaid(t('list.put_back', { name: nameOf(id) }));
    }
  };

  return (
    <>
      <ol className={css.list}>
        {order.map((id, index) => {
          const stage = stages.find((one) => one.id === id);
          return (
            stage && (
              <StageRow
                key={id}
                stage={stage}
                index={index}
                selected={stage.code === selected}
                lifted={lifted?.id === id}
                refusal={refusal}
                open={() => open(stage.code)}
                onKey={onKey(id)}
                onBlur={() => setLifted(undefined)}
                onDropped={(other) => place(other, index)}
              />
            )
          );
        })}
      </ol>
      <p className={css.hidden} role="status" aria-live="assertive">
        {said}
      </p>
      {changed && (
        <div className={css.saveBar}>
          <span>{t('list.changed')}</span>
          <Button variant="default" onClick={() => setChosen(undefined)}>
            {lists('cancel')}
          </Button>
          <Button loading={save.isPending} disabled={refusal !== undefined} onClick={() => save.mutate()}>
            {t('list.save')}
          </Button>
        </div>
      )}
    </>
  );
}
