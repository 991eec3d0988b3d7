import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Daemon } from './fleet.ts';

/** What a daemon needs in its environment for {@link collectGarbage}: an inspector on a free port. */
export const inspectable = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' } as const;

/** Has V8 collect all garbage of a daemon that was started {@link inspectable}, and give the memory back. */
export async function collectGarbage(daemon: Daemon): Promise<void> {
  const listens = 'Debugger listening on ';
  daemon.signal('SIGUSR1');
  const line = await daemon.line((said) => said.startsWith(listens));
  const inspector = new WebSocket(line.slice(listens.length).trim());
  await once(inspector, 'open');
  inspector.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
  const [answer] = (await once(inspector, 'message')) as unknown[];
  inspector.terminate();
  if (String(answer) !== '{"id":1,"result":{}}') throw new Error(`no collection: ${String(answer)}`);
}
