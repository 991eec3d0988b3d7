import {
  createRunSecrets,
  redactLogger,
  type Clock,
  type Dict,
  type Logger,
  type Redactor,
  type Value,
} from '@brine/common';
import { functionTable } from '@brine/modules';
import type { OrchestrationPort } from '@brine/modules/kit';
import { minionError } from '../errors.ts';
import { createParts, type CallParts } from './call-parts.ts';
import type { PillarKeeper } from './pillar-keeper.ts';

/** For whom, and where, a pillar is being compiled. */
export interface CompileCallsOptions {
  /** The master's configuration under Salt's key names, with the minion's id in it. */
  readonly options: Dict;
  readonly minionId: string;
  /** Of the minion: those of the machine do not count. */
  readonly grains: Dict;
  /** The master, for its runners. */
  readonly master: OrchestrationPort;
  readonly log: Logger;
  readonly clock: Clock;
  /** What functions decrypt is told here, and kept out of the log. */
  readonly onSecret: (text: string) => void;
  readonly redactor: Redactor;
}

/** Execution functions as templates call them while a master compiles the pillar of a minion. */
export interface CompileCalls {
  has(name: string): boolean;
  /** Calls that see `pillar`: on this machine, with its file roots, and the grains of the minion. */
  over(pillar: Dict): (name: string, positional: readonly Value[], keyword: Dict) => Promise<Value>;
  close(): Promise<void>;
}

/** Creates the calls; nothing is read or started before the first. */
export function createCompileCalls(given: CompileCallsOptions): CompileCalls {
  const opened: CallParts[] = [];
  const memory = new Map<string, unknown>();
  const open = (pillar: Dict): CallParts => {
    const parts: CallParts = createParts(
      requestOf(given),
      () => {},
      () => parts,
      {
        memory,
        secrets: createRunSecrets(),
        keepSecret: async (text) => given.onSecret(text),
        grains: {
          file: '',
          current: async () => given.grains,
          peek: () => given.grains,
          refresh: async () => given.grains,
        },
        pillar: createFixedPillar(pillar),
      },
    );
    opened.push(parts);
    return parts;
  };
  return {
    has: (name) => Object.hasOwn(functionTable, name),
    over(pillar) {
      let parts: CallParts | undefined;
      return async (name, positional, keyword) => (parts ??= open(pillar)).callNested(name, positional, keyword);
    },
    async close() {
      for (const { templates } of opened) if (templates.isCreated()) await (await templates()).engine.close();
    },
  };
}

function requestOf({ options, minionId, master, log, clock, redactor }: CompileCallsOptions) {
  return {
    ...{ options, minionId, clock, compiling: master },
    jid: '',
    log: redactLogger(log, redactor),
    signal: new AbortController().signal,
  };
}

/** What is known of the pillar; another one cannot be had meanwhile. */
function createFixedPillar(pillar: Dict): PillarKeeper {
  const refuse = async (): Promise<never> => {
    throw minionError('pillar-failed', 'no pillar can be compiled while one is being compiled');
  };
  return {
    current: async () => pillar,
    peek: () => pillar,
    version: () => undefined,
    ...{ forRun: refuse, compile: refuse, refresh: refuse, originsOf: refuse },
  };
}
