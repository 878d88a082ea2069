/**
 * The one way to the server: `ask(api.GET('/api/v1/…'))`. It adds the CSRF token and an idempotency key to what
 * changes something, lets a request wait while somebody signs in again, and turns whatever goes wrong into an
 * `ApiError`.
 */

import createClient from 'openapi-fetch';
import { askToSignIn, currentMe, signedInAs } from '@/shared/session/session';
import { ApiError, errorOf } from './errors';
import { noteAnswer } from './reachable';
import type { paths } from './schema';
import type { Envelope } from './types';

/** Of these a 401 is the answer, not an interruption. */
const BEFORE_SIGNING_IN = ['/api/v1/me', '/api/v1/auth/login', '/api/v1/auth/logout'];

async function once(request: Request): Promise<Response> {
  const sent = request.clone();
  if (sent.method !== 'GET') {
    const token = currentMe()?.csrf_token;
    if (token) sent.headers.set('X-CSRF-Token', token);
  }
  try {
    const response = await fetch(sent);
    noteAnswer(response.status);
    return response;
  } catch (cause) {
    if (sent.signal.aborted) throw cause;
    noteAnswer(undefined);
    throw new ApiError({ code: 'UNREACHABLE', status: 0, message: String(cause) });
  }
}

/** Sends, and sends again where that may mend it: the key makes repeating harmless. */
async function send(request: Request): Promise<Response> {
  if (request.method !== 'GET' && !request.headers.has('Idempotency-Key')) {
    request.headers.set('Idempotency-Key', crypto.randomUUID());
  }
  let response = await once(request);
  if (response.status === 401 && !BEFORE_SIGNING_IN.includes(new URL(request.url).pathname)) {
    if (!(await askToSignIn())) {
      throw new ApiError({ code: 'SIGNED_OUT', status: 401, message: 'nobody signed in again' });
    }
    response = await once(request);
  }
  if (response.ok) return response;
  const error = await errorOf(response);
  if (error.code !== 'CSRF_FAILED') throw error;
  // signed in again in another tab: the token is another one now
  const me = (await ask(api.GET('/api/v1/me'))).data;
  if (me.user?.id !== currentMe()?.user?.id) {
    // as somebody else, who must not see what is on this page
    window.location.reload();
    throw new ApiError({ code: 'SIGNED_OUT', status: 401, message: 'somebody else has signed in' });
  }
  signedInAs(me);
  response = await once(request);
  if (response.ok) return response;
  throw await errorOf(response);
}

export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: send });

/** The body of a successful answer. Fails with an `ApiError` only. */
export async function ask<Body extends Envelope<unknown>>(
  answer: Promise<{ data?: Body; response: Response }>,
): Promise<Body> {
  const { data, response } = await answer;
  if (data === undefined) {
    throw new ApiError({ code: 'INTERNAL', status: response.status, message: 'the answer has no body' });
  }
  return data;
}
