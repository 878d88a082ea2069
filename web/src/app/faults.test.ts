import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '@/shared/api/errors';
import { tellOf, tellOfFaults } from './faults';

const sent = vi.fn(() => Promise.resolve(new Response(null, { status: 204 })));
const listeners = new Map<string, (event: unknown) => void>();

beforeEach(() => {
  vi.stubGlobal('fetch', sent);
  vi.stubGlobal('document', {
    querySelector: () => ({ src: 'https://lajur.example/assets/index-Cq3xY1.js' }),
  });
  vi.stubGlobal('window', {
    addEventListener: (name: string, listener: (event: unknown) => void) => listeners.set(name, listener),
    location: { pathname: '/dashboard/pipeline' },
  });
});
afterEach(() => vi.unstubAllGlobals());

it('tells of each fault once, of few, and never of what the server has answered', () => {
  tellOfFaults();
  listeners.get('error')?.({ error: new TypeError('x is undefined'), message: 'x is undefined' });
  listeners.get('unhandledrejection')?.({ reason: new TypeError('x is undefined') });
  tellOf(new ApiError({ code: 'INTERNAL', status: 500, message: 'something went wrong' }));
  expect(sent).toHaveBeenCalledTimes(1);
  const [path, request] = sent.mock.calls[0] as unknown as [string, RequestInit];
  expect(path).toBe('/api/v1/browser-errors');
  expect(request.credentials).toBe('omit');
  expect(JSON.parse(String(request.body))).toMatchObject({
    message: 'TypeError: x is undefined',
    page: '/dashboard/pipeline',
    release: 'index-Cq3xY1.js',
  });
  for (let n = 0; n < 20; n++) tellOf(`fault ${n}`);
  expect(sent).toHaveBeenCalledTimes(5);
});
