import type { WaitingFlags } from '../connection/job-terms.ts';
import type { AuthFlags } from '../options/auth-options.ts';
import type { SharedFlags } from '../options/shared-options.ts';
import type { ReadingFlags } from './read-call.ts';

/** What the command line of `salt` says beside target and function. */
export interface SaltFlags extends SharedFlags, WaitingFlags, ReadingFlags, AuthFlags {
  readonly static?: boolean;
  readonly progress?: boolean;
  readonly async?: boolean;
  readonly follow?: string;
  readonly durable?: boolean;
  /** Milliseconds. */
  readonly until?: number;
  readonly verbose?: boolean;
  readonly showJid?: boolean;
  readonly showTimeout?: boolean;
  readonly hideTimeout?: boolean;
  readonly summary?: boolean;
  readonly doc?: boolean;
  readonly documentation?: boolean;
  readonly previewTarget?: boolean;
  readonly batch?: string;
  readonly batchSize?: string;
  /** Seconds. */
  readonly batchWait?: number;
  readonly batchSafeLimit?: number;
  readonly batchSafeSize?: string;
  readonly failhard?: boolean;
  readonly subset?: number;
  readonly metadata?: string;
  readonly return?: string;
  readonly return_config?: string;
  readonly return_kwargs?: string;
  readonly jid?: string;
  readonly showSecrets?: boolean;
}
