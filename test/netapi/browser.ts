import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

/** A page in a browser without a window. */
export interface Browser {
  open(url: string): Promise<void>;
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true in the page. */
  until(expression: string): Promise<void>;
  /** What the page wrote to its console as errors, and failures of its scripts. */
  readonly errors: readonly string[];
  end(): Promise<void>;
}

/** Milliseconds for something to happen in a page. */
const patience = 20_000;

/** Starts Chromium and speaks its DevTools protocol. */
export async function startBrowser(program: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'brine-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--remote-debugging-port=0'];
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { send, errors, socket } = await openPage(await debuggerOf(child));
  const evaluate = async (expression: string): Promise<unknown> => {
    for (;;) {
      const answer = (await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })) as
        | { readonly result?: { readonly value?: unknown } }
        | undefined;
      // No answer: the page was left while it was asked, and the next one is asked.
      if (answer !== undefined) return answer.result?.value;
    }
  };
  return {
    ...{ errors, evaluate },
    open: async (address) => {
      await send('Page.navigate', { url: address });
    },
    until: async (expression) => {
      if ((await evaluate(watch(expression))) === true) return;
      throw new Error(`not so in the page: ${expression}\n${String(await evaluate('document.body.innerText'))}`);
    },
    end: async () => {
      const ended = new Promise((resolve) => {
        child.once('close', resolve);
      });
      socket.terminate();
      child.kill('SIGKILL');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** An expression that is a promise of whether another one became true in time. */
function watch(expression: string): string {
  return `new Promise((resolve) => {
    const look = () => { try { if (${expression}) return resolve(true); } catch {} setTimeout(look, 50); };
    setTimeout(() => resolve(false), ${patience});
    look();
  })`;
}

interface Page {
  readonly socket: WebSocket;
  readonly errors: string[];
  readonly send: (method: string, params?: object) => Promise<unknown>;
}

async function openPage(url: string): Promise<Page> {
  const targets = (await (await fetch(`http://${new URL(url).host}/json/list`)).json()) as readonly {
    readonly type: string;
    readonly webSocketDebuggerUrl: string;
  }[];
  const socket = new WebSocket(targets.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
  });
  const errors: string[] = [];
  const waiting = new Map<number, (result: unknown) => void>();
  socket.on('message', (message: Buffer) => {
    const { id, result, method, params } = JSON.parse(message.toString()) as {
      readonly id?: number;
      readonly result?: unknown;
      readonly method?: string;
      readonly params?: unknown;
    };
    if (id !== undefined) waiting.get(id)?.(result);
    if (method === 'Runtime.exceptionThrown') errors.push(JSON.stringify(params));
  });
  let count = 0;
  const send = async (method: string, params: object = {}): Promise<unknown> => {
    const id = (count += 1);
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params }));
    });
  };
  await send('Runtime.enable');
  await send('Page.enable');
  return { socket, errors, send };
}

async function debuggerOf(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const [, url] = /DevTools listening on (ws:\S+)/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('close', () => reject(new Error(`the browser ended: ${text}`)));
  });
}
