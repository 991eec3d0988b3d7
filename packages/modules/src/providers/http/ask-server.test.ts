import { startTroubledServer, type Trouble, type TroubledServer } from '@brine/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { askServer } from './ask-server.ts';

const open: TroubledServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function ask(trouble: Trouble, seconds: number, signal = new AbortController().signal) {
  const server = await startTroubledServer(trouble);
  open.push(server);
  return { server, answer: askServer(`http://127.0.0.1:${server.port}/`, {}, { seconds, signal }) };
}

describe('a web server', () => {
  it.each<[Trouble, number, string]>([
    ['is silent', 0.2, 'timed out after 0.2 seconds'],
    ['stalls', 0.2, 'timed out after 0.2 seconds'],
    ['trickles', 0.2, 'timed out after 0.2 seconds'],
    ['has no end', 60, 'it answers with more than 104857600 bytes'],
    ['goes in circles', 60, 'redirect count exceeded'],
    ['breaks off', 60, 'other side closed'],
  ])('that %s is given up in words', async (trouble, seconds, failure) => {
    const { server, answer } = await ask(trouble, seconds);
    expect(await answer).toMatchObject({ failure });
    await server.deserted();
  });

  it.each<Trouble>(['is silent', 'stalls', 'trickles'])(
    'that %s is left when the call is cancelled',
    async (trouble) => {
      const cancelling = new AbortController();
      const { server, answer } = await ask(trouble, 1e9, cancelling.signal);
      await server.asked;
      cancelling.abort(new Error('the job was cancelled'));
      await expect(answer).rejects.toThrow('the job was cancelled');
      await server.deserted();
    },
  );

  it('that is not there is told of in words', async () => {
    const { signal } = new AbortController();
    const server = await startTroubledServer('is silent');
    await server.close();
    expect(await askServer(`http://127.0.0.1:${server.port}/`, {}, { seconds: 60, signal })).toEqual({
      failure: `connect ECONNREFUSED 127.0.0.1:${server.port}`,
      timedOut: false,
      saltWords: '[Errno 111] Connection refused',
    });
  });
});
