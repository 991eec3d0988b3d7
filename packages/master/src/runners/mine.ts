import { parseJid, decodeValue, targetTypes, type Plain, type Value } from '@brine/common';
import { anyValue, flag, oneOf, optional, text, textList, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

const tgtType = withDefault(oneOf(...targetTypes), 'glob').describe('How the target is read.');
const tgt = text().describe('The minions.');

/** Milliseconds in which a minion must have taken the job, and may be away with it. */
const patience = 15_000;

/** `mine.get` */
export const mineGet = defineRunner({
  name: 'mine.get',
  summary: 'What minions have put into the mine, whoever may read it.',
  args: z.object({
    tgt,
    fun: textList().describe('The entries that are wanted.'),
    tgt_type: tgtType,
  }),
  examples: ["mine.get '*' network.interfaces", 'mine.get os:Debian network.ip_addrs tgt_type=grain'],
  run: ({ tgt: expression, fun, tgt_type: type }, { mine }) =>
    mine.read({ target: { type, expression }, functions: fun.length === 1 ? (fun[0] ?? '') : fun }),
});

/** `mine.update` */
export const mineUpdate = defineRunner({
  name: 'mine.update',
  summary: 'Has minions put what `mine_functions` names into the mine anew; answers what each said.',
  args: z.object({
    tgt,
    tgt_type: tgtType,
    clear: withDefault(flag(), false).describe('Forget what was there.'),
    mine_functions: optional(anyValue()).describe('The only functions to call; all unless given.'),
  }),
  examples: ["mine.update '*'", 'mine.update front tgt_type=nodegroup'],
  async run({ tgt: expression, tgt_type: type, clear, mine_functions: functions }, { dispatcher, store, caller }) {
    const keyword = new Map<Value, Value>([
      ['clear', clear],
      ...(functions === undefined ? [] : [['mine_functions', functions] as const]),
    ]);
    const request = { target: { type, expression }, fun: 'mine.update', positional: [], keyword };
    const { jid } = await dispatcher.submit({ ...request, deliverWithin: patience }, caller);
    for await (const event of dispatcher.follow(jid, { patience, signal: new AbortController().signal })) {
      if (event.kind === 'end') break;
    }
    const id = parseJid(jid);
    const deliveries = id === undefined ? [] : await store.deliveries(id);
    return new Map<Value, Plain>(
      deliveries.map(({ minion, value, status }) => [minion, value === undefined ? status : decodeValue(value)]),
    );
  },
});
