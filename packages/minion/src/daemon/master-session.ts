import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  isDict,
  pythonStr,
  type Clock,
  type Dict,
  type Logger,
} from '@brine/common';
import { withMasterOptions } from '../call/master-options.ts';

/** What the daemon and its master have told each other: grains one way, options the other. */
export interface MasterSession {
  /** Says hello after every connect. */
  connected(): Promise<void>;
  /** Resolves when the master was told, or could not be. */
  setGrains(grains: Uint8Array): Promise<void>;
  /** Takes what the master tells of its options, as it was sent; the next job runs with them. */
  learn(masterOptions: Uint8Array | undefined): void;
  /** The minion's own options changed; the next job runs with them. */
  reconfigured(): void;
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

interface Known {
  grains: Uint8Array | undefined;
  options: Uint8Array;
  masterOptions: Uint8Array | undefined;
  isTold: boolean;
  readonly waiting: Set<() => void>;
}

/** Creates the record of what is known. */
export function createMasterSession(parts: MasterSessionOptions): MasterSession {
  const known: Known = {
    grains: undefined,
    options: encodeValue(parts.options),
    masterOptions: undefined,
    isTold: false,
    waiting: new Set(),
  };
  return {
    connected: () => sayHello(parts, known),
    setGrains: (collected) => {
      known.grains = collected;
      return sayHello(parts, known, known.isTold ? 'refresh' : 'daemon');
    },
    learn: (told) => learn(parts, known, told),
    reconfigured: () => {
      known.options = mergeOptions(parts.options, known.masterOptions);
    },
    get grains() {
      return known.grains;
    },
    get options() {
      return known.options;
    },
    get masterOptions() {
      return known.masterOptions;
    },
    known: (milliseconds) =>
      new Promise((resolve) => {
        if (known.isTold) return resolve();
        known.waiting.add(resolve);
        parts.clock.after(milliseconds, resolve);
      }),
  };
}

async function sayHello(
  parts: MasterSessionOptions,
  known: Known,
  purpose: 'daemon' | 'refresh' = 'daemon',
): Promise<void> {
  const { clock, logger, version, saltVersion } = parts;
  const { grains } = known;
  if (grains === undefined || !parts.isConnected()) return;
  const shown = parts.options.get('start_event_grains');
  const eventGrains = Array.isArray(shown) && shown.length > 0 ? { eventGrains: shown.map(pythonStr) } : {};
  const further = { ...eventGrains, ...(purpose === 'refresh' ? { purpose } : {}) };
  const hello = encodeMessage({ version, saltVersion, grains, runningJobs: parts.runningJobs(), ...further });
  try {
    const answer = decodeMessage(await parts.request('minion.hello', hello)) as Readonly<Record<string, unknown>>;
    learn(parts, known, answer['options']);
    logger.info('connected to the master', { masterVersion: answer['masterVersion'] });
  } catch (error) {
    logger.warn('hello was not answered; it will be said again', { error, retryMilliseconds });
    clock.after(retryMilliseconds, () => void sayHello(parts, known, purpose));
  }
}

function learn(parts: MasterSessionOptions, known: Known, bytes: unknown): void {
  if (bytes instanceof Uint8Array) {
    known.masterOptions = bytes;
    known.options = mergeOptions(parts.options, bytes);
  }
  known.isTold = true;
  for (const resolve of known.waiting) resolve();
  known.waiting.clear();
}

function mergeOptions(own: Dict, masters: Uint8Array | undefined): Uint8Array {
  const told = masters === undefined ? undefined : decodeValue(masters);
  return encodeValue(isDict(told) ? withMasterOptions(own, told) : own);
}
