import { AppError, pythonStr, toPlain, type Dict, type Plain } from '@brine/common';
import {
  functionArguments,
  type ArgumentFault,
  type BoundChange,
  type BoundOutcome,
  type StateDescription,
  type StateLibrary,
  type Step,
  type StepContext,
} from '@brine/sls';

/** What the states of a world work on. */
export interface WorldParts {
  readonly settings: Map<string, string>;
  readonly trace: string[];
}

interface WorldState {
  readonly argumentNames: readonly string[];
  check(step: Step, context: StepContext, parts: WorldParts): BoundOutcome | Promise<BoundOutcome>;
  onWatch?(step: Step, context: StepContext, parts: WorldParts): BoundOutcome;
}

/**
 * The states of a world: `world.set` (a setting has a value), `world.run` (always runs), `world.wait` (runs when
 * watched), `world.order` (runs, and foretells no changes), `world.still` (fine, without `onWatch`), `world.fail`, `world.break` (throws), `world.fold`
 * (accumulates), `world.show` (tells what it was handed).
 */
export function createWorldStates(parts: WorldParts): StateLibrary {
  const find = (step: Step): WorldState => {
    const state = states.get(`${step.state}.${step.fun}`);
    if (state === undefined) throw new Error(`no state ${step.tag}`);
    return state;
  };
  return {
    names: () => [...states.keys()],
    describe: (name) => Promise.resolve(describeWorldState(name)),
    validate: (step) => Promise.resolve(unknownArguments(step)),
    check: async (step, context) => find(step).check(step, context, parts),
    onWatch: async (step, context) => {
      const state = find(step);
      if (state.onWatch === undefined) throw new Error(`${step.tag} was asked for its onWatch`);
      return state.onWatch(step, context, parts);
    },
  };
}

function unknownArguments(step: Step): readonly ArgumentFault[] {
  const description = describeWorldState(`${step.state}.${step.fun}`);
  if (description === undefined) return [];
  return [...functionArguments(step.chunk, description).keys()]
    .map((key) => pythonStr(key))
    .filter((argument) => !description.argumentNames.includes(argument))
    .map((argument) => ({ argument, summary: `'${argument}' is unknown` }));
}

function describeWorldState(name: string): StateDescription | undefined {
  const state = states.get(name);
  if (state === undefined) return undefined;
  return { argumentNames: state.argumentNames, acceptsUnknown: false, hasOnWatch: state.onWatch !== undefined };
}

function argument(chunk: Dict, key: string): string | undefined {
  const value = chunk.get(key);
  return value === undefined ? undefined : pythonStr(value);
}

function run(name: string, { trace }: WorldParts, isFailing = false): BoundChange {
  return {
    kind: 'change',
    pending: { comment: `${name} would run`, changes: { ran: name } },
    apply: () => {
      trace.push(name);
      return Promise.resolve({ comment: `${name} ran`, changes: { ran: name }, failed: isFailing });
    },
  };
}

const watched: WorldState['onWatch'] = (step, { firedBy }, { trace }) => ({
  kind: 'change',
  pending: { comment: 'would react', changes: { reacted: firedBy.map(({ id }) => id) } },
  apply: () => {
    trace.push(`${step.name}!`);
    return Promise.resolve({ comment: 'reacted', changes: { reacted: firedBy.map(({ id }) => id) } });
  },
});

const states: ReadonlyMap<string, WorldState> = new Map<string, WorldState>([
  ['world.set', { argumentNames: ['name', 'value'], check: checkSetting, onWatch: watched }],
  [
    'world.run',
    {
      argumentNames: ['name', 'fails'],
      check: ({ name, chunk }, _context, parts) => {
        const failures = Number(argument(chunk, 'fails') ?? 0);
        return run(name, parts, parts.trace.filter((entry) => entry === name).length < failures);
      },
      onWatch: watched,
    },
  ],
  [
    'world.wait',
    {
      argumentNames: ['name'],
      check: () => ({ kind: 'ok', comment: 'waits' }),
      onWatch: (step, _context, parts) => run(step.name, parts),
    },
  ],
  ['world.still', { argumentNames: ['name'], check: () => ({ kind: 'ok', comment: 'still' }) }],
  [
    'world.fail',
    { argumentNames: ['name', 'comment'], check: () => ({ kind: 'fail', comment: 'failed' }), onWatch: watched },
  ],
  ['world.break', { argumentNames: ['name', 'code'], check: breakDown }],
  ['world.hang', { argumentNames: ['name'], check: (_step, { signal }) => hang(signal) }],
  ['world.fold', { argumentNames: ['name', 'filename', 'text'], check: fold }],
  [
    'world.order',
    {
      argumentNames: ['name'],
      check: ({ name }, _context, parts) => {
        const { apply } = run(name, parts);
        return { kind: 'change', pending: { comment: `${name} would run`, changes: {} }, apply };
      },
      onWatch: watched,
    },
  ],
  ['world.rename', { argumentNames: ['name', 'value'], check: rename }],
  [
    'world.show',
    {
      argumentNames: ['name', 'value', 'check_cmd'],
      check: ({ chunk }, { accumulated }) => ({
        kind: 'ok',
        comment: 'shown',
        extra: { value: chunk.get('value'), accumulated },
      }),
    },
  ],
]);

function checkSetting({ name, chunk }: Step, _context: StepContext, parts: WorldParts): BoundOutcome {
  const value = argument(chunk, 'value') ?? '';
  const old = parts.settings.get(name);
  if (old === value) return { kind: 'ok', comment: `${name} is ${value}` };
  const changes: Record<string, Plain> = { [name]: { old: old ?? null, new: value } };
  return {
    kind: 'change',
    pending: { comment: `${name} would be set`, changes },
    apply: () => {
      parts.settings.set(name, value);
      parts.trace.push(`${name}=${value}`);
      return Promise.resolve({ comment: `${name} was set`, changes });
    },
  };
}

/** Changes something, and answers under another name. */
function rename({ name, chunk }: Step, _context: StepContext, parts: WorldParts): BoundOutcome {
  const extra = { name: [argument(chunk, 'value') ?? ''] };
  const { pending, apply } = run(name, parts);
  return {
    kind: 'change',
    pending: { ...pending, extra },
    apply: async () => ({ ...(await apply()), extra }),
  };
}

function breakDown({ chunk }: Step): never {
  if (argument(chunk, 'code') === undefined) throw new TypeError('out of order');
  const problem = { severity: 'error', code: 'world', summary: 'the value is wrong' } as const;
  throw new AppError({ code: 'world-broken', message: 'cannot do that', problems: [problem] });
}

function hang(signal: AbortSignal): Promise<BoundOutcome> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('stopped')));
  });
}

function fold({ name, chunk }: Step): BoundOutcome {
  const text = chunk.get('text') ?? [];
  const texts = Array.isArray(text) ? text.map(pythonStr) : [pythonStr(text)];
  const filename = String(toPlain(chunk.get('filename') ?? ''));
  return { kind: 'ok', comment: 'folded', extra: { accumulate: { filename, name, texts } } };
}
