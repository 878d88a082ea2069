/**
 * What can go wrong with a request, in one type. `code` is the server's own, or one of ours when it did not
 * answer; sentences are made from it by `useErrorWords`.
 */

import type { components } from './schema';

export type ErrorCode =
  | 'MALFORMED_REQUEST'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'CSRF_FAILED'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'VERSION_CONFLICT'
  | 'INVALID_TRANSITION'
  | 'DUPLICATE'
  | 'IDEMPOTENCY_MISMATCH'
  | 'VALIDATION_ERROR'
  | 'VERSION_REQUIRED'
  | 'RATE_LIMIT_EXCEEDED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  /** No answer came. */
  | 'UNREACHABLE'
  /** Whoever was asked to sign in again did not. */
  | 'SIGNED_OUT';

export class ApiError extends Error {
  readonly code: ErrorCode;
  /** 0 when no answer came. */
  readonly status: number;
  readonly details: Record<string, unknown>;
  readonly requestId: string | undefined;
  /** After which the server asks to try again. */
  readonly retryAfterSeconds: number | undefined;

  constructor(given: {
    code: ErrorCode;
    status: number;
    message: string;
    details?: Record<string, unknown> | null;
    requestId?: string;
    retryAfterSeconds?: number;
  }) {
    super(given.message);
    this.name = 'ApiError';
    this.code = given.code;
    this.status = given.status;
    this.details = given.details ?? {};
    this.requestId = given.requestId;
    this.retryAfterSeconds = given.retryAfterSeconds;
  }

  /** Whether the same request may well succeed in a moment. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The complaints about one field of the body, in the words of the server. */
  complaints(field: string): string[] {
    const fields = this.details.fields as Record<string, string[]> | undefined;
    return fields?.[field] ?? [];
  }

  /** With a conflict: the row as it is now. */
  current<T>(): T | undefined {
    return this.details.current as T | undefined;
  }
}

/** Reads the error out of an answer that is not a success. */
export async function errorOf(response: Response): Promise<ApiError> {
  const given = (await response.json().catch(() => undefined)) as
    | Partial<components['schemas']['ErrorEnvelope']>
    | undefined;
  const wait = Number(response.headers.get('retry-after'));
  const requestId = given?.request_id ?? response.headers.get('x-request-id');
  return new ApiError({
    // a proxy in between answers without our envelope
    code:
      (given?.error?.code as ErrorCode | undefined) ?? (response.status >= 500 ? 'UNAVAILABLE' : 'INTERNAL'),
    status: response.status,
    message: given?.error?.message ?? `${response.status} ${response.statusText}`,
    details: given?.error?.details,
    ...(requestId ? { requestId } : {}),
    ...(wait > 0 ? { retryAfterSeconds: wait } : {}),
  });
}
