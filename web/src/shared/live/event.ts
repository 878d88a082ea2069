/** An event of the tenant's log, as `docs/realtime.md` describes it. */

import type { Actor } from '@/shared/api/types';

export interface LogEvent {
  seq: number;
  kind: string;
  at: string;
  by: Actor;
  subject: { type: string; id: string };
  stage_id?: string | null;
  command_id: string;
  /** What differed; `null` for a new row. */
  before?: Record<string, unknown> | null;
  /** The whole row. */
  after?: Record<string, unknown>;
  /** It is somebody else's now, whose rows the signed-in person does not see. */
  gone?: true;
}
