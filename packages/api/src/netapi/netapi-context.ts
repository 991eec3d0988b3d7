import type { Logger } from '@brine/common';
import type { ControlPorts } from '../control-ports.ts';
import type { NetapiSettings } from './netapi-settings.ts';
import type { RequestStats } from './request-stats.ts';

/** What the routes of the HTTP API work with. */
export interface NetapiContext {
  readonly ports: ControlPorts;
  readonly settings: NetapiSettings;
  readonly logger: Logger;
  readonly stats: RequestStats;
}
