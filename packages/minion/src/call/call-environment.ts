import {
  getDict,
  limitTime,
  matchTarget,
  liftMarkedKeywords,
  redactPlain,
  targetLooksAtPillar,
  type Dict,
  type Target,
  type Value,
} from '@brine/common';
import { callFunction, functionTable, runFunction, type FunctionAnswer } from '@brine/modules';
import type { Catalogue } from '@brine/modules/kit';
import type { CallEnvironmentOptions } from './call-request.ts';
import { catalogue, contextFor, createParts, type CallParts } from './call-parts.ts';
import { contextNeedsOf, type ContextNeeds } from './context-needs.ts';

/** What a function answered, for showing. */
export interface CallAnswer extends FunctionAnswer {
  /** The answer with its secrets, for nobody but the caller at the terminal who asked for them. */
  readonly trueValue: Value;
}

/** Everything around the calls of one job or one `salt-call`. Each part is made when it is first needed. */
export interface CallEnvironment {
  /**
   * Calls a function as its user does: what goes wrong with it is part of the answer. Throws when cancelled. Secrets
   * are kept out of what is answered and thrown.
   */
  call(name: string, positional: readonly Value[], keyword: Dict): Promise<CallAnswer>;
  /** The same, but throwing what the function throws. */
  run(name: string, positional: readonly Value[], keyword: Dict): Promise<CallAnswer>;
  grains(): Promise<Dict>;
  /** Whether a target is for this minion, as it is now. Throws `regex-too-slow`. */
  isFor(target: Target): Promise<boolean>;
  /** The retcode other than 0 that a function of the call set last, also inside templates; else 0. */
  retcode(): number;
  /** The version of the pillar that the call is pinned to; `undefined` when it looked at none, or that does not compile. */
  pillarVersion(): string | undefined;
  readonly catalogue: Catalogue;
  close(): Promise<void>;
}

/** Creates the environment; nothing is read, started or connected before it is needed. */
export function createCallEnvironment(request: CallEnvironmentOptions): CallEnvironment {
  let retcode = 0;
  const setRetcode = (code: number): void => {
    if (code !== 0) retcode = code;
  };
  const parts: CallParts = createParts(request, setRetcode, () => parts);
  const answer =
    (how: typeof callFunction): CallEnvironment['call'] =>
    async (name, given, keywords) => {
      const { positional, keyword } = liftMarkedKeywords(given, keywords);
      // A name that does not exist needs no look at the machine to be refused.
      const exists = Object.hasOwn(functionTable, name);
      return redacting(parts, async () => {
        const context = await contextFor(parts, exists ? needsOf(name, request) : nothing, setRetcode);
        return how({ table: { functions: functionTable }, name, positional, keyword, context, isDirect: true });
      });
    };
  return {
    call: answer(callFunction),
    run: answer(runFunction),
    grains: () => parts.grains.current(),
    isFor: (target) => isFor(target, parts),
    retcode: () => retcode,
    pillarVersion: () => parts.pillar.version(),
    catalogue,
    close: async () => {
      if (parts.templates.isCreated()) await (await parts.templates()).engine.close();
    },
  };
}

/** Milliseconds that matching the target of a job may take. */
const matchLimit = 1000;

async function isFor(target: Target, { request, grains, pillar }: CallParts): Promise<boolean> {
  const nodegroups = getDict(request.options, 'nodegroups') ?? new Map();
  const subject = { id: request.minionId, grains: await grains.current() };
  const visible = targetLooksAtPillar(target, nodegroups) ? await pillar.current() : new Map();
  return limitTime(matchLimit, () => matchTarget(target, { ...subject, pillar: () => visible }, { nodegroups }));
}

async function redacting({ secrets }: CallParts, call: () => Promise<FunctionAnswer>): Promise<CallAnswer> {
  try {
    const answer = await call();
    return { ...answer, value: secrets.redactor.value(answer.value), trueValue: answer.value };
  } catch (error) {
    throw redactPlain(error, secrets.redactor);
  }
}

function needsOf(name: string, { withoutPillar = false }: CallEnvironmentOptions): ContextNeeds {
  const { grains, pillar } = contextNeedsOf(name);
  return { grains, pillar: pillar && !withoutPillar };
}

const nothing: ContextNeeds = { grains: false, pillar: false };
