import { join } from 'node:path';
import { AppError, createRunSecrets, pythonStr, type MinionId, type Plain, type Value } from '@brine/common';
import { anyValue, optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import { guard } from '../daemon/failpoints.ts';
import { createBanks, type Banks } from '../store/banks-store.ts';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

const bank = text().describe('The bank, e.g. `my/bank`; `minions/ID` is what the master keeps of a minion.');
const key = text().describe('The key in it.');

/** `cache.store`, `cache.fetch`, `cache.list` and `cache.flush`: values kept by bank and key. */
export const bankRunners: readonly RunnerDeclaration[] = [
  defineRunner({
    name: 'cache.store',
    summary: 'Keeps a value in a bank, in place of the one that the key has.',
    args: z.object({ bank, key, data: anyValue().describe('The value.') }),
    examples: ["cache.store my/bank greeting 'good morning'"],
    async run({ bank: name, key: entry, data }, context) {
      if (isOfMinions(name)) throw refused(`${name} is kept by the master itself`);
      await banksOf(context).store(name, entry, data);
      return null;
    },
  }),
  defineRunner({
    name: 'cache.fetch',
    summary: 'The value of a key in a bank; an empty mapping when there is none.',
    args: z.object({ bank, key }),
    examples: ['cache.fetch my/bank greeting', 'cache.fetch minions/web1 data'],
    run: async ({ bank: name, key: entry }, context) =>
      isOfMinions(name) ? fetchOfMinion(name, entry, context) : ((await banksOf(context).fetch(name, entry)) ?? {}),
  }),
  defineRunner({
    name: 'cache.list',
    summary: 'The keys and the banks inside a bank.',
    args: z.object({ bank }),
    examples: ['cache.list my/bank', 'cache.list minions'],
    run: async ({ bank: name }, context) =>
      isOfMinions(name) ? listOfMinions(name, context) : [...(await banksOf(context).list(name))],
  }),
  defineRunner({
    name: 'cache.flush',
    summary: 'Removes a key from a bank, or a bank with all that is in it. Answers false when it was not there.',
    args: z.object({ bank, key: optional(text()).describe('The key; the whole bank unless given.') }),
    examples: ['cache.flush my/bank greeting', 'cache.flush my/bank'],
    async run({ bank: name, key: entry }, context) {
      if (isOfMinions(name))
        throw refused('see cache.clear_all, cache.clear_grains, cache.clear_pillar and cache.clear_mine');
      return (await banksOf(context).flush(name, entry)) ? null : false;
    },
  }),
];

function banksOf({ options, failpoints }: RunnerContext): Banks {
  return guard('banks', createBanks(join(pythonStr(options.get('cachedir') ?? ''), 'banks')), failpoints);
}

function isOfMinions(name: string): boolean {
  return name.split('/', 1)[0] === 'minions';
}

function minionOf(name: string, { directory }: RunnerContext): MinionId | undefined {
  const id = name.split('/').slice(1).join('/');
  return directory.match({ type: 'list', expression: id }).find((found) => found === id);
}

function listOfMinions(name: string, context: RunnerContext): readonly string[] {
  if (name === 'minions') return context.directory.match({ type: 'glob', expression: '*' });
  const id = minionOf(name, context);
  if (id === undefined) return [];
  return ['data', ...(context.directory.kept.mineOf(id) === undefined ? [] : ['mine'])];
}

function fetchOfMinion(name: string, entry: string, context: RunnerContext): Plain {
  const { directory, redactionKey } = context;
  const id = minionOf(name, context);
  if (id === undefined) return {};
  if (entry === 'mine') return directory.kept.mineOf(id) ?? {};
  if (entry !== 'data') return {};
  const kept = directory.kept.pillarOf(id);
  const secrets = createRunSecrets();
  if (kept !== undefined) {
    secrets.learn(kept.secrets, redactionKey);
    secrets.name(kept.pillar);
  }
  const pillar: Value = kept === undefined ? new Map() : secrets.redactor.value(kept.pillar);
  return { grains: directory.grainsOf(id) ?? new Map(), pillar };
}

function refused(message: string): AppError {
  return new AppError({ code: 'runner-arguments', message });
}
