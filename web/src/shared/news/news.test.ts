import { beforeEach, describe, expect, it } from 'vitest';
import type { LogEvent } from '@/shared/live/event';
import {
  forgetWords,
  heardUntil,
  itemOf,
  markRead,
  type News,
  noteHeard,
  openNews,
  takeEvent,
  withItem,
  withoutWords,
} from './news';

const ME = 'me';

const event = (seq: number, kind: string, by = 'siti', assignee = ME): LogEvent => ({
  seq,
  kind,
  at: '2026-11-26T02:15:04Z',
  by: by === 'program' ? { type: 'system' } : { type: 'user', id: by },
  subject: { type: 'task', id: 't' },
  command_id: 'c',
  after: { id: 't', title: 'Unduh e-visa', assignee },
});

describe('what concerns somebody', () => {
  it('is what others and the program do with their tasks', () => {
    const kinds = ['task.assigned', 'task.created', 'task.overdue', 'task.blocked'];
    expect(kinds.map((kind) => itemOf(event(1, kind), ME)?.kind)).toEqual([
      'assigned',
      'assigned',
      'overdue',
      'blocked',
    ]);
    expect(itemOf(event(2, 'task.overdue', 'program'), ME)).toMatchObject({ id: '2', text: 'Unduh e-visa' });
  });

  it('is not what they do themselves, what is no longer theirs, and what changes nothing for them', () => {
    expect(itemOf(event(1, 'task.assigned', ME), ME)).toBeUndefined();
    expect(itemOf(event(1, 'task.blocked', 'siti', 'budi'), ME)).toBeUndefined();
    expect(itemOf({ ...event(1, 'task.assigned'), gone: true }, ME)).toBeUndefined();
    expect(itemOf(event(1, 'task.completed'), ME)).toBeUndefined();
  });

  it('is in the order of the log, each once', () => {
    const items = [3, 7, 5, 7].map((seq) => itemOf(event(seq, 'task.blocked'), ME));
    const news = items.reduce<News>((all, item) => (item ? withItem(all, item) : all), {
      items: [],
      read: [],
    });
    expect(news.items.map(({ id }) => id)).toEqual(['7', '5', '3']);
  });

  it('leaves only numbers behind, from which what was not read is told again', () => {
    const items = [9, 8, 6].map((seq) => itemOf(event(seq, 'task.blocked'), ME)).filter((one) => !!one);
    const left = withoutWords({ items, read: ['9', '6'], position: { offset: 12, epoch: 'e' } });
    expect(left).toEqual({ items: [], read: ['9', '6'], position: { offset: 7, epoch: 'e' } });
    expect(withoutWords({ items: [], read: [], position: { offset: 12, epoch: 'e' } }).position?.offset).toBe(
      12,
    );
  });
});

describe('what is kept in the browser', () => {
  beforeEach(() => localStorage.clear());

  it('is kept for each person by themselves', () => {
    openNews(ME);
    noteHeard({ offset: 4, epoch: 'e' });
    takeEvent(event(5, 'task.blocked'));
    openNews('budi');
    expect(heardUntil('e')).toBeUndefined();
    openNews(ME);
    expect(heardUntil('e')).toEqual({ offset: 5, epoch: 'e' });
    expect(heardUntil('another')).toBeUndefined();
  });

  it('says nothing any more after signing out', () => {
    openNews(ME);
    noteHeard({ offset: 4, epoch: 'e' });
    takeEvent(event(5, 'task.blocked'));
    takeEvent(event(6, 'task.overdue'));
    markRead(['5']);
    forgetWords();
    const kept = localStorage.getItem(`lajur.news.${ME}`) ?? '';
    expect(kept).not.toContain('Unduh');
    openNews(ME);
    expect(heardUntil('e')).toEqual({ offset: 5, epoch: 'e' });
  });
});
