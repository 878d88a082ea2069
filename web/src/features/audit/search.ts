/** What the address of the audit trail may say. */

import { present, text } from '@/shared/search';

const day = (given: Record<string, unknown>, key: string): string | undefined => {
  const value = text(given, key);
  return value && /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined;
};

export const auditSearch = (given: Record<string, unknown>) =>
  present({
    /** Days in the zone of the organisation, both included. */
    from: day(given, 'from'),
    to: day(given, 'to'),
    /** `system`, `user:…` or `api_key:…`. */
    actor: text(given, 'actor'),
    kind: text(given, 'kind'),
    request: text(given, 'request'),
  });

export type AuditSearch = ReturnType<typeof auditSearch>;
