import { encodeMessage, encodeValue, toPlain, type Value } from '@brine/common';
import { expect, it } from 'vitest';
import { createJobsPort } from './jobs-port.ts';

const job = (jid: string, fun: string, positional: Value) => ({
  ...{ jid, fun, user: 'root', pid: 7, startedAt: 0, argument: encodeValue(positional) },
  target: { expression: '*', type: 'glob' },
});

it('tells of the other jobs, but not what their functions take as a secret', async () => {
  const jobs = [
    job('1', 'test.arg', ['a', 2n]),
    job('2', 'shadow.gen_password', ['CANARY', 'salt']),
    job('3', 'test.ping,shadow.gen_password', [[], ['CANARY']]),
    job('4', 'saltutil.running', []),
  ];
  const port = createJobsPort({ request: async () => encodeMessage({ jobs }) }, '4');
  const told = (await port.running()).map((each) => toPlain(each.get('arg') ?? null));
  expect(told).toEqual([
    ['a', 2],
    ['**********', 'salt'],
    [[], ['**********']],
  ]);
});
