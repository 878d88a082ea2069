/** The names of what the server sends, out of its own description. */

import type { components } from './schema';

type Schemas = components['schemas'];

export type Meta = Schemas['Meta'];
export type Me = Schemas['Me'];
export type Permission = Schemas['Permission'];
export type Actor = Schemas['Actor'];
export type User = Schemas['User'];
export type Role = Schemas['Role'];
export type PermissionInfo = Schemas['PermissionInfo'];
export type SessionInfo = Schemas['SessionInfo'];
export type MailedToken = Schemas['MailedToken'];
export type AuditEvent = Schemas['AuditEvent'];
export type ApiKeyInfo = Schemas['ApiKeyInfo'];
export type ShownApiKey = Schemas['ShownApiKey'];

/** With how it was the day before. */
export type Health = Schemas['HealthReport'];
export type HealthBand = Schemas['HealthBand'];
export type Stage = Schemas['Stage'];
export type StageReport = Schemas['StageReport'];
export type Bottleneck = Schemas['Bottleneck'];
export type BottleneckAlert = Schemas['BottleneckAlert'];
export type Severity = Schemas['BottleneckSeverity'];
export type DepartureReport = Schemas['DepartureReport'];
export type DepartureRisk = Schemas['DepartureRisk'];
export type Departure = Schemas['Departure'];

export type Comment = Schemas['Comment'];
export type Task = Schemas['Task'];
export type TaskChanges = Schemas['TaskChanges'];
export type BulkResult = Schemas['BulkResult'];
export type BulkTasks = Schemas['BulkTasks'];
export type TaskCard = Schemas['TaskCard'];
export type TaskStatus = Schemas['TaskStatus'];
export type Priority = Schemas['Priority'];
export type Bucket = Schemas['Bucket'];

export type Jamaah = Schemas['Jamaah'];
export type JamaahCard = Schemas['JamaahCard'];
export type JamaahState = Schemas['JamaahStatus'];
export type Status = Schemas['Status'];
export type InstanceState = Schemas['InstanceState'];
export type Reason = Schemas['Reason'];
export type JamaahDetail = Schemas['JamaahDetail'];
export type Passage = Schemas['Passage'];
export type HistoryEvent = Schemas['Page_HistoryEvent']['items'][number];

export type Report = Schemas['Report'];
export type ImportDetail = Schemas['ImportDetail'];
export type Problem = Schemas['Problem'];

/** What every successful answer is wrapped in. */
export interface Envelope<T> {
  data: T;
  meta?: Meta | null;
}
