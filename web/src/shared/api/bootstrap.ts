/**
 * The first screen's data, which the server writes into the page itself: the bodies of the REST resources as
 * they are. Without it (in development, or when signing in on this page) everything is fetched.
 */

import type { Bottleneck, DepartureReport, Envelope, Health, Me, StageReport } from './types';

export interface Bootstrap {
  me: Envelope<Me>;
  health?: Envelope<Health>;
  stages?: Envelope<StageReport[]>;
  bottlenecks?: Envelope<Bottleneck[]>;
  departures?: Envelope<DepartureReport[]>;
}

export function readBootstrap(): Bootstrap | undefined {
  const text = document.getElementById('bootstrap')?.textContent;
  return text ? (JSON.parse(text) as Bootstrap) : undefined;
}
