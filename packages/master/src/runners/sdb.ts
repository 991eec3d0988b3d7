import type { Value } from '@brine/common';
import { anyValue, integer, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

const uri = text().describe('The place: `sdb://PROFILE/KEY`, with a profile of the configuration of the master.');

/** `sdb.get`, `sdb.set`, `sdb.delete` and `sdb.get_or_set_hash`: values of stores, asked for from the master's machine. */
export const sdbRunners: readonly RunnerDeclaration[] = [
  defineRunner({
    name: 'sdb.get',
    summary: 'A value of a store. A text that is no place of one is answered as it is.',
    args: z.object({ uri }),
    examples: ['sdb.get sdb://secrets/mail'],
    isPrivate: true,
    run: async (args, context) => runHere('sdb.get', [args.uri], context),
  }),
  defineRunner({
    name: 'sdb.set',
    summary: 'Puts a value into a store.',
    args: z.object({ uri, value: anyValue().describe('The value.') }),
    examples: ['sdb.set sdb://secrets/mail word'],
    isPrivate: true,
    hidesArguments: true,
    run: async (args, context) => runHere('sdb.set', [args.uri, args.value], context),
  }),
  defineRunner({
    name: 'sdb.delete',
    summary: 'Takes a value out of a store.',
    args: z.object({ uri }),
    examples: ['sdb.delete sdb://secrets/mail'],
    run: async (args, context) => runHere('sdb.delete', [args.uri], context),
  }),
  defineRunner({
    name: 'sdb.get_or_set_hash',
    summary: 'A value of a store; a random one is put there when there is none.',
    args: z.object({
      uri,
      length: withDefault(integer(), 8).describe('How long a new one is.'),
      chars: optional(text()).describe('What it is made of.'),
    }),
    examples: ['sdb.get_or_set_hash sdb://secrets/mail 16'],
    isPrivate: true,
    run: async ({ uri: place, length, chars }, context) =>
      runHere('sdb.get_or_set_hash', [place, length, ...(chars === undefined ? [] : [chars])], context),
  }),
];

async function runHere(
  fun: string,
  positional: readonly Value[],
  { localCalls, caller, setRetcode }: RunnerContext,
): Promise<Value> {
  const call = { fun, positional, keyword: new Map(), withPillar: false, user: caller.user };
  const { value, retcode } = await localCalls.run(call);
  setRetcode(retcode);
  return value;
}
