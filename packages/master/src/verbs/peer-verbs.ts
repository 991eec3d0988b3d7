import { decodeValue, encodeValue, targetTypes } from '@brine/common';
import type { MasterCall } from '@brine/api';
import { z } from 'zod';
import { requireDict, verb, type Verb } from './define-verb.ts';

const bytes = z.instanceof(Uint8Array);
const callMembers = { fun: z.string().min(1).max(10_000), positional: bytes, keyword: bytes };

/** What a minion asks of other minions and of runners. */
export const peerVerbs: readonly (readonly [string, Verb<z.ZodType>])[] = [
  [
    'peer.publish',
    verb({
      policy: 'accepted-minion',
      body: z.object({
        tgt: z.string().max(100_000),
        tgt_type: z.enum(targetTypes).default('glob'),
        ...callMembers,
        deliverWithin: z.number().positive().max(86_400_000),
      }),
      answer: async (minion, { tgt, tgt_type: type, deliverWithin, ...call }, { peers }) =>
        peers.publish(minion, { target: { type, expression: tgt }, ...toCall(call), deliverWithin }),
    }),
  ],
  [
    'peer.run',
    verb({
      policy: 'accepted-minion',
      body: z.object(callMembers),
      answer: (minion, body, { peers }) => peers.run(minion, toCall(body)),
    }),
  ],
  [
    'peer.wait',
    verb({
      policy: 'accepted-minion',
      body: z.object({ jid: z.string().regex(/^\d{20}$/), milliseconds: z.number().nonnegative().max(30_000) }),
      async answer(minion, body, { peers }) {
        const { isDone, value } = await peers.wait(minion, body.jid, body.milliseconds);
        return { done: isDone, value: encodeValue(value) };
      },
    }),
  ],
];

function toCall({ fun, positional, keyword }: z.infer<z.ZodObject<typeof callMembers>>): MasterCall {
  const values = decodeValue(positional);
  return { fun, positional: Array.isArray(values) ? values : [], keyword: requireDict(keyword) };
}
