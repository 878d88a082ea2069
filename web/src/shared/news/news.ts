/**
 * What concerned whoever is signed in: tasks given to them, their tasks that became late or were blocked, comments on
 * those. It is kept in the browser for each person by themselves, with how far their log was heard, so that the next
 * visit is told what happened meanwhile. Signing out leaves numbers only.
 */

import { createStore, useSelector } from '@tanstack/react-store';
import type { Comment, Task } from '@/shared/api/types';
import type { LogEvent } from '@/shared/live/event';

export type NewsKind = 'assigned' | 'overdue' | 'blocked' | 'commented';

export interface Item {
  /** Its number in the log. */
  id: string;
  kind: NewsKind;
  at: string;
  by: LogEvent['by'];
  task: string;
  /** A task's title, or what somebody wrote. */
  text: string;
}

export interface Position {
  offset: number;
  epoch: string;
}

export interface News {
  /** The newest first. */
  items: readonly Item[];
  /** Also of what is told from elsewhere, such as alerts. */
  read: readonly string[];
  /** How far the person's log was heard. */
  position?: Position;
}

const NOTHING: News = { items: [], read: [] };
const MOST = 50;
const MOST_READ = 200;

/** What an event says to the person with this id; `undefined` when it is nothing new to them. */
export function itemOf(event: LogEvent, me: string | undefined): Item | undefined {
  const mine = event.by.type === 'user' && event.by.id === me;
  if (mine || event.gone || !event.after) return undefined;
  const item = (kind: NewsKind, task: string, text: string): Item => ({
    id: String(event.seq),
    kind,
    at: event.at,
    by: event.by,
    task,
    text,
  });
  if (event.kind === 'comment.created') {
    const { task_id, body } = event.after as unknown as Comment;
    return item('commented', task_id, body);
  }
  const { id, title, assignee } = event.after as unknown as Task;
  if (event.subject.type !== 'task' || assignee !== me) return undefined;
  const given = event.kind === 'task.assigned' || event.kind === 'task.created';
  if (given) return item('assigned', id, title);
  if (event.kind === 'task.overdue') return item('overdue', id, title);
  return event.kind === 'task.blocked' ? item('blocked', id, title) : undefined;
}

/** With one more, in its place; events may come twice. */
export function withItem(news: News, item: Item): News {
  if (news.items.some(({ id }) => id === item.id)) return news;
  const items = [...news.items, item].sort((a, b) => Number(b.id) - Number(a.id)).slice(0, MOST);
  return { ...news, items };
}

export const withRead = (news: News, ids: readonly string[]): News => ({
  ...news,
  read: [...new Set([...news.read, ...ids])].slice(-MOST_READ),
});

/** Nothing that says anything: what was not read is told again by the log. */
export function withoutWords({ items, read, position }: News): News {
  const unread = items.filter(({ id }) => !read.includes(id)).map(({ id }) => Number(id));
  const from = Math.min(position?.offset ?? 0, ...unread.map((seq) => seq - 1));
  return { items: [], read, ...(position ? { position: { ...position, offset: from } } : {}) };
}

const news = createStore<News>(NOTHING);
let owner: string | undefined;

const keyOf = (id: string): string => `lajur.news.${id}`;

function change(next: (before: News) => News): void {
  news.setState(next);
  if (owner) localStorage.setItem(keyOf(owner), JSON.stringify(news.get()));
}

/** Takes out what is kept for somebody, and nobody else's. */
export function openNews(id: string | undefined): void {
  owner = id;
  news.setState(() => (id ? readNews(id) : NOTHING));
}

function readNews(id: string): News {
  try {
    return { ...NOTHING, ...(JSON.parse(localStorage.getItem(keyOf(id)) ?? '{}') as Partial<News>) };
  } catch {
    return NOTHING;
  }
}

/** Where the person's log is to be continued, if it is that log still. */
export const heardUntil = (epoch: string): Position | undefined => {
  const { position } = news.get();
  return position?.epoch === epoch ? position : undefined;
};

export const noteHeard = (position: Position): void => change((before) => ({ ...before, position }));

export function takeEvent(event: LogEvent): void {
  const item = itemOf(event, owner);
  change((before) => {
    const after = item ? withItem(before, item) : before;
    return after.position ? { ...after, position: { ...after.position, offset: event.seq } } : after;
  });
}

export const markRead = (ids: readonly string[]): void => change((before) => withRead(before, ids));

/** Before somebody signs out. */
export function forgetWords(): void {
  change(withoutWords);
  owner = undefined;
  news.setState(() => NOTHING);
}

export const useNews = (): News => useSelector(news, (now) => now);
