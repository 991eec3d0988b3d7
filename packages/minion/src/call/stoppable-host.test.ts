import { createFakeHost } from '@brine/testkit';
import { expect, it } from 'vitest';
import { stoppableHost } from './stoppable-host.ts';

it('ends the programs of a step that is stopped and starts no more', async () => {
  const stop = new AbortController();
  const sleep = async (
    _: readonly string[],
    __: unknown,
    request: { readonly signal?: AbortSignal },
  ): Promise<string> => new Promise((resolve) => request.signal?.addEventListener('abort', () => resolve('ended')));
  const machine = createFakeHost({ programs: { sleep } });
  const host = stoppableHost(machine, stop.signal);

  const own = new AbortController();
  const running = [
    host.run({ command: ['sleep', '60'] }),
    host.inspect({ command: ['sleep', '60'], signal: own.signal }),
  ];
  stop.abort();
  expect((await Promise.all(running)).map(({ stdout }) => stdout)).toEqual(['ended', 'ended']);

  await expect(host.run({ command: ['rm', '-rf', '/srv'] })).rejects.toMatchObject({
    code: 'step-stopped',
    message: 'The state was stopped before rm ran',
  });
  expect(machine.started).toHaveLength(1);
});
