import {
  decodeValue,
  encodeValue,
  isAppError,
  isDict,
  parseArgument,
  parseArguments,
  type Dict,
  type Plain,
  type Value,
} from '@brine/common';
import { z } from 'zod';
import { nullableValue, number, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { FunctionContext, MasterPort } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';

const fun = text().describe('The function.');
const arg = nullableValue().describe('Its arguments: one, or a list; `name=value` for those with a name.');
const timeout = withDefault(number(), 5).describe('Seconds to wait for answers.');
const targetTypes = [
  ...(['glob', 'pcre', 'list', 'grain', 'grain_pcre', 'pillar', 'pillar_pcre', 'pillar_exact'] as const),
  ...(['nodegroup', 'ipcidr', 'range', 'compound'] as const),
] as const;
const publishArguments = z.object({
  tgt: text().describe('The minions.'),
  fun,
  arg,
  tgt_type: withDefault(oneOf(...targetTypes), 'glob').describe(
    'How the target is read. Pillar values have to match exactly.',
  ),
  timeout,
  via_master: optional(text()).describe('Accepted for Salt; a minion asks the master it is connected to.'),
});

/** Milliseconds of one wait; the session answers other requests meanwhile. */
const waitAtMost = 20_000;

export const publish = defineFunction({
  name: 'publish.publish',
  summary: 'Has other minions run a function, as far as `peer` on the master allows it; what each answered.',
  args: publishArguments,
  examples: [
    "system.example.com publish.publish '*' cmd.run 'ls -la /tmp'",
    "system.example.com publish.publish 'os:Fedora' network.interfaces '' grain",
  ],
  run: (args, context) => publishJob(args, context),
});

export const fullData = defineFunction({
  name: 'publish.full_data',
  summary: 'As `publish.publish`, with each answer in a mapping under `ret`.',
  args: publishArguments,
  examples: ["system.example.com publish.full_data '*' cmd.run 'ls -la /tmp'"],
  async run(args, context): Promise<Plain> {
    const answers = await publishJob(args, context);
    return new Map<Value, Plain>([...answers].map(([minion, value]) => [minion, { ret: value }]));
  },
});

export const runner = defineFunction({
  name: 'publish.runner',
  summary: 'Runs a runner on the master, as far as `peer_run` there allows it, and answers what it answers.',
  args: z.object({ fun, arg, timeout: withDefault(number(), 60).describe('Seconds to wait for the answer.') }),
  examples: ['system.example.com publish.runner manage.down'],
  async run({ fun: name, arg: given, timeout: seconds }, context): Promise<Plain> {
    const { master, log } = context;
    if (master === undefined) return 'No access to master. If using salt-call with --local, please remove.';
    try {
      const { jid } = requireJid(await master.request('peer.run', encodeCall(name, given)));
      const { isDone, value } = await waitFor(master, jid, seconds);
      return isDone ? value : `'${name}' runner publish timed out`;
    } catch (error) {
      return withoutRefusal(error, { name, log });
    }
  },
});

async function publishJob(
  { tgt, fun: name, arg: given, tgt_type: type, timeout: seconds }: z.infer<typeof publishArguments>,
  { master, log }: FunctionContext,
): Promise<Dict> {
  if (master === undefined) {
    log.error('nothing was published: there is no master', { function: name });
    return new Map();
  }
  if (name.startsWith('publish.')) {
    log.warn('functions of publish cannot be published', { function: name });
    return new Map();
  }
  const target: Dict = new Map<Value, Value>([
    ['tgt', tgt],
    ['tgt_type', type],
    ['deliverWithin', Math.max(1, Math.round(seconds * 1000))],
  ]);
  try {
    const begun = await master.request('peer.publish', new Map([...target, ...encodeCall(name, given)]));
    if (!isDict(begun) || begun.get('jid') === undefined) return new Map();
    const { value } = await waitFor(master, requireJid(begun).jid, seconds);
    return isDict(value) ? value : new Map();
  } catch (error) {
    return withoutRefusal(error, { name, log });
  }
}

/** As in Salt, what the master does not allow answers nothing; the log says why. */
function withoutRefusal(error: unknown, { name, log }: { readonly name: string } & Pick<FunctionContext, 'log'>): Dict {
  if (!isAppError(error) || error.code !== 'peer-refused') throw error;
  log.error('the master does not allow this to be published', { function: name, reason: error.message });
  return new Map();
}

function encodeCall(name: string, given: Value): Dict {
  const groups = name.includes(',') ? argumentsOf(given).map(splitGroup) : undefined;
  const { positional, keyword } =
    groups === undefined ? readArguments(argumentsOf(given)) : { positional: groups, keyword: new Map() };
  return new Map<Value, Value>([
    ['fun', name],
    ['positional', encodeValue(positional)],
    ['keyword', encodeValue(keyword)],
  ]);
}

/** The words of one of several functions. */
function splitGroup(group: Value): Value {
  const words = typeof group === 'string' ? group.split(/\s+/).filter((word) => word !== '') : argumentsOf(group);
  const { positional, keyword } = readArguments(words);
  return keyword.size === 0 ? positional : [...positional, new Map<Value, Value>([['__kwarg__', true], ...keyword])];
}

function argumentsOf(given: Value): readonly Value[] {
  const value = typeof given === 'string' ? parseArgument(given) : given;
  if (value === null || value === '') return [];
  return Array.isArray(value) ? value : [value];
}

function readArguments(given: readonly Value[]): { positional: Value[]; keyword: Dict } {
  const parts = given.map(readArgument);
  return {
    positional: parts.flatMap(({ positional }) => positional),
    keyword: new Map(parts.flatMap(({ keyword }) => [...keyword])),
  };
}

function readArgument(given: Value): { readonly positional: readonly Value[]; readonly keyword: Dict } {
  if (typeof given === 'string') return parseArguments([given]);
  if (!isDict(given) || given.get('__kwarg__') !== true) return { positional: [given], keyword: new Map() };
  return { positional: [], keyword: new Map([...given].filter(([key]) => key !== '__kwarg__')) };
}

function requireJid(answer: Value): { readonly jid: string } {
  const jid = isDict(answer) ? answer.get('jid') : undefined;
  if (typeof jid === 'string') return { jid };
  throw new TypeError('the master named no job');
}

async function waitFor(
  master: MasterPort,
  jid: string,
  seconds: number,
): Promise<{ readonly isDone: boolean; readonly value: Value }> {
  let left = Math.max(0, seconds * 1000);
  for (;;) {
    const milliseconds = Math.min(left, waitAtMost);
    left -= milliseconds;
    const answer = await master.request(
      'peer.wait',
      new Map<Value, Value>([
        ['jid', jid],
        ['milliseconds', milliseconds],
      ]),
    );
    const isDone = isDict(answer) && answer.get('done') === true;
    const encoded = isDict(answer) ? answer.get('value') : undefined;
    if (isDone || left <= 0) return { isDone, value: encoded instanceof Uint8Array ? decodeValue(encoded) : null };
  }
}
