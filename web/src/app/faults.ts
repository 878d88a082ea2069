/**
 * Tells the server what nobody has foreseen: errors that no code has caught, and those that a page could not be drawn
 * for. Each once, and few for each page; nothing about who it is, for the server is told without a cookie.
 */

import { ApiError } from '@/shared/api/errors';

const MOST = 5;
const told = new Set<string>();

export function tellOfFaults(): void {
  window.addEventListener('error', ({ error, message }) => tellOf(error ?? message));
  window.addEventListener('unhandledrejection', ({ reason }) => tellOf(reason));
}

export function tellOf(fault: unknown): void {
  // the server knows what it has answered, and a network that is away is no fault
  if (fault instanceof ApiError || (fault instanceof DOMException && fault.name === 'AbortError')) return;
  const message = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
  if (told.has(message) || told.size >= MOST) return;
  told.add(message);
  void fetch('/api/v1/browser-errors', {
    method: 'POST',
    credentials: 'omit',
    keepalive: true,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      message,
      stack: fault instanceof Error ? fault.stack?.slice(0, 4_000) : undefined,
      page: window.location.pathname,
      release: release(),
    }),
  }).catch(() => undefined);
}

/** The name of the application's file, which differs from build to build. */
function release(): string | undefined {
  const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  return script?.src.split('/').pop();
}
