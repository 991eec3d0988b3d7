import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  isDict,
  type Clock,
  type Dict,
  type Logger,
} from '@brine/common';
import { withMasterOptions } from '../call/master-options.ts';

/** What the daemon and its master have told each other: grains one way, options the other. */
export interface MasterSession {
  /** Says hello after every connect. */
  connected(): Promise<void>;
  setGrains(grains: Uint8Array): void;
  readonly grains: Uint8Array | undefined;
  /** `encodeValue` of the options that jobs run with. */
  readonly options: Uint8Array;
  /** What the master told of them, as it was sent. */
  readonly masterOptions: Uint8Array | undefined;
  /** Resolves when the master's options are known, or after the given time. */
  known(milliseconds: number): Promise<void>;
}

/** What a session is made of. */
export interface MasterSessionOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** The minion's own configuration under Salt's names. */
  readonly options: Dict;
  readonly version: string;
  readonly saltVersion: string;
  isConnected(): boolean;
  request(verb: string, body: Uint8Array): Promise<Uint8Array>;
  /** Jobs accepted and not returned. */
  runningJobs(): readonly string[];
}

const retryMilliseconds = 5000;

/** Creates the record of what is known. */
export function createMasterSession(parts: MasterSessionOptions): MasterSession {
  const { clock, logger } = parts;
  let grains: Uint8Array | undefined;
  let options = encodeValue(parts.options);
  let masterOptions: Uint8Array | undefined;
  let isKnown = false;
  const waiting = new Set<() => void>();

  async function hello(): Promise<void> {
    if (grains === undefined || !parts.isConnected()) return;
    try {
      const answer = decodeMessage(
        await parts.request(
          'minion.hello',
          encodeMessage({
            version: parts.version,
            saltVersion: parts.saltVersion,
            grains,
            runningJobs: parts.runningJobs(),
          }),
        ),
      ) as { readonly masterVersion?: unknown; readonly options?: unknown };
      learn(answer.options);
      logger.info('connected to the master', { masterVersion: answer.masterVersion });
    } catch (error) {
      logger.warn('hello was not answered; it will be said again', { error, retryMilliseconds });
      clock.after(retryMilliseconds, () => void hello());
    }
  }

  function learn(bytes: unknown): void {
    if (bytes instanceof Uint8Array) {
      const told = decodeValue(bytes);
      if (isDict(told)) options = encodeValue(withMasterOptions(parts.options, told));
      masterOptions = bytes;
    }
    isKnown = true;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  return {
    connected: hello,
    setGrains: (collected) => {
      grains = collected;
      void hello();
    },
    get grains() {
      return grains;
    },
    get options() {
      return options;
    },
    get masterOptions() {
      return masterOptions;
    },
    known: (milliseconds) =>
      new Promise((resolve) => {
        if (isKnown) return resolve();
        waiting.add(resolve);
        clock.after(milliseconds, resolve);
      }),
  };
}
