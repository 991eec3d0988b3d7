import { isDict, pythonStr, type MinionId, type Plain, type Value } from '@brine/common';
import { anyValue, flag, optional, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

const args = z.object({
  subset: optional(anyValue()).describe('Only these minions: a list of ids, or a network (`10.0.0.0/8`).'),
  show_ip: withDefault(flag(), false).describe('Show an address of each minion beside its id.'),
});

const present = [
  ['list_state', 'joined', 'allowed', 'alived', 'reaped', 'present'],
  'The minions that are connected now, without asking them.',
] as const;
const absent = [
  ['list_not_state', 'not_joined', 'not_allowed', 'not_alived', 'not_reaped', 'not_present'],
  'The accepted minions that are not connected now, without asking them.',
] as const;

/** `manage.present` and the other names that Salt has for the same list, and their opposites. */
export const presenceLists: readonly RunnerDeclaration[] = [
  ...present[0].map((name) => declare(name, present[1], true)),
  ...absent[0].map((name) => declare(name, absent[1], false)),
];

function declare(name: string, summary: string, isPresent: boolean): RunnerDeclaration {
  return defineRunner({
    name: `manage.${name}`,
    summary,
    args,
    examples: [`manage.${name}`, `manage.${name} show_ip=True`],
    run({ subset, show_ip: showsAddress }, context) {
      const connected: ReadonlySet<string> = context.directory.connected;
      const ids = wantedIds(subset ?? null, context).filter((id) => connected.has(id) === isPresent);
      if (!showsAddress) return ids;
      return new Map<Value, Plain>(ids.map((id) => [id, addressOf(id, context)]));
    },
  });
}

function wantedIds(subset: Value, { directory, keys }: RunnerContext): readonly string[] {
  if (Array.isArray(subset)) {
    const wanted = new Set(subset.map(pythonStr));
    return keys.acceptedIds().filter((id) => wanted.has(id));
  }
  if (typeof subset !== 'string' || subset === '') return keys.acceptedIds();
  const isNetwork = /^[\d.:a-f]+(?:\/\d+)?$/i.test(subset);
  return directory.match({ type: isNetwork ? 'ipcidr' : 'list', expression: subset });
}

/** As the minion told when it connected; the first that is not its own loop. */
function addressOf(id: string, { directory }: RunnerContext): string | null {
  const grains = directory.grainsOf(id as MinionId);
  const list = isDict(grains) ? grains.get('ipv4') : undefined;
  const found = Array.isArray(list) ? list.find((address) => !pythonStr(address).startsWith('127.')) : undefined;
  return found === undefined ? null : pythonStr(found);
}
