import type { Centrifuge } from 'centrifuge';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { noteAnswer } from '@/shared/api/reachable';
import { watchState } from './lifeline';
import { liveStatus, setLive } from './status';

/** Tells what a client would. */
class Client {
  private handlers = new Map<string, (context: object) => void>();

  on(event: string, handler: (context: object) => void) {
    this.handlers.set(event, handler);
    return this;
  }

  tells(event: string, context: object = {}) {
    this.handlers.get(event)?.(context);
  }
}

describe('how the connection stands', () => {
  let client = new Client();
  let stop = () => {};
  const reconnect = vi.fn();
  const state = () => liveStatus().state;

  beforeEach(() => {
    vi.useFakeTimers();
    client = new Client();
    reconnect.mockClear();
    noteAnswer(200);
    setLive({ state: 'connecting', attempts: 0 });
    stop = watchState(client as unknown as Centrifuge, reconnect);
    client.tells('connecting');
  });

  afterEach(() => {
    stop();
    vi.useRealTimers();
  });

  it('begins with connecting, and is live once connected', () => {
    expect(state()).toBe('connecting');
    client.tells('connected');
    expect(state()).toBe('live');
  });

  it('counts the attempts to come back', () => {
    client.tells('connected');
    client.tells('connecting');
    client.tells('error');
    client.tells('error');
    expect(liveStatus()).toMatchObject({ state: 'reconnecting', attempts: 2 });
  });

  it('is offline when the server has not answered anything for long', () => {
    client.tells('connected');
    client.tells('connecting');
    noteAnswer(undefined);
    vi.advanceTimersByTime(60_000);
    expect(state()).toBe('offline');
  });

  it('is not offline while the server answers otherwise: then changes still go through', () => {
    client.tells('error');
    vi.advanceTimersByTime(60_000);
    expect(state()).toBe('reconnecting');
  });

  it('is offline at once without a network, and comes back from it', () => {
    const network = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    client.tells('connected');
    client.tells('connecting');
    expect(state()).toBe('offline');
    network.mockRestore();
    client.tells('connected');
    expect(state()).toBe('live');
  });

  it('asks to sign in again when the session has ended', () => {
    client.tells('disconnected', { code: 3503 });
    expect(state()).toBe('signed_out');
  });

  it('tries again later when the client has given up', () => {
    client.tells('disconnected', { code: 3504 });
    expect(state()).toBe('reconnecting');
    vi.advanceTimersByTime(30_000);
    expect(reconnect).toHaveBeenCalledTimes(1);
  });
});
