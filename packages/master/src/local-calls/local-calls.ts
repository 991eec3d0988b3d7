import { createWorkerLauncher, createWorkerPool, workerProgram } from '@brine/minion/job-workers';
import {
  AppError,
  decodeValue,
  encodeValue,
  toValue,
  type Clock,
  type Dict,
  type Logger,
  type Plain,
  type Value,
} from '@brine/common';
import { createSealingKeys, openSealed, type SealingKeys } from '@brine/modules';
import { MinionConfig } from '@brine/common/schemas';

/** An execution function to run on the machine of the master. */
export interface LocalCall {
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** Whether the function sees the pillar of the master's own id; states see it in any case. */
  readonly withPillar: boolean;
  readonly user: string;
  /** The function sees no grains. */
  readonly skipsGrains?: boolean;
  /** Answers secrets instead of their fingerprints; whoever asks has to see to it who may see them. */
  readonly showsSecrets?: boolean;
}

/** What it answered. What went wrong with it is its answer, with a retcode. */
export interface LocalAnswer {
  readonly value: Value;
  readonly retcode: number;
}

/** Runs execution functions on the machine of the master, with its configuration, file roots and pillar. */
export interface LocalCalls {
  /** Throws `call-interrupted` when its process ends before it. */
  run(call: LocalCall): Promise<LocalAnswer>;
  close(): Promise<void>;
}

/** What the calls work with. */
export interface LocalCallsOptions {
  /** The master's configuration under Salt's key names. */
  readonly options: Dict;
  /** Absolute path of the configuration file; the file with the grains is beside it. */
  readonly configFile: string;
  readonly nextJid: () => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A worker is replaced after so many calls, so that nothing can pile up in it. */
const jobsPerWorker = 100;

/** Creates the calls; the first starts a worker process, which stays warm. */
export function createLocalCalls({ options, configFile, nextJid, clock, logger }: LocalCallsOptions): LocalCalls {
  const pool = createWorkerPool({
    ...{ clock, logger, jobsPerWorker },
    launcher: createWorkerLauncher(workerProgram()),
    graceMilliseconds: 0,
    onRequest: async (verb) => {
      throw new AppError({ code: 'verb-unknown', message: `the master itself has no '${verb}': it is no minion` });
    },
    onGrains: () => {},
  });
  const encoded = encodeValue(optionsOf(options, configFile));
  return {
    async run({ fun, positional, keyword, withPillar, user, showsSecrets, skipsGrains = false }) {
      const keys = showsSecrets === true ? createSealingKeys() : undefined;
      const reveal = keys === undefined ? {} : { revealTo: keys.publicKey };
      const job = { jid: nextJid(), fun, argument: encodeValue([...positional]), user, ...reveal };
      const { result } = pool.run({
        message: {
          kind: 'run',
          job: { ...job, keywordArgument: encodeValue(keyword) },
          options: encoded,
          withoutPillar: !withPillar,
          ...(skipsGrains ? { grains: encodeValue(new Map()) } : {}),
        },
        onProgress: () => {},
      });
      const outcome = await result;
      if ('value' in outcome) return { value: decodeValue(openValue(outcome, keys)), retcode: outcome.retcode };
      throw new AppError({ code: 'call-interrupted', message: `${fun} did not end: ${outcome.reason}` });
    },
    close: async () => pool.stop(),
  };
}

function openValue(
  { value, sealedValue }: { readonly value: Uint8Array; readonly sealedValue?: Uint8Array },
  keys: SealingKeys | undefined,
): Uint8Array {
  const opened = keys && sealedValue && openSealed(sealedValue, keys.secretKey);
  return opened ?? value;
}

/** What a minion would have, with the master's configuration over it; files and pillar are the master's own. */
function optionsOf(options: Dict, configFile: string): Dict {
  const defaults = toValue(MinionConfig.parse({}) as unknown as Plain) as Dict;
  const own: Dict = new Map([
    ['file_client', 'local'],
    ['conf_file', configFile],
  ]);
  return new Map([...defaults, ...options, ...own]);
}
