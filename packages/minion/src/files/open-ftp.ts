import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { OpenedFile, RemoteLimits } from './open-http.ts';

/** Asks an FTP server for a file (RFC 959, extended passive mode of RFC 2428). Throws with the server's words. */
export async function openFtp(url: URL, limits: RemoteLimits): Promise<OpenedFile> {
  const control = await open(url.hostname, url.port === '' ? 21 : Number(url.port), limits);
  const say = createTalk(control);
  let content: Socket | undefined;
  try {
    await say(undefined, 2);
    const greeting = await say(`USER ${decodeURIComponent(url.username) || 'anonymous'}`, 2, 3);
    if (greeting.startsWith('3')) await say(`PASS ${decodeURIComponent(url.password) || 'anonymous@'}`, 2);
    await say('TYPE I', 2);
    const port = /\(\|\|\|(\d{1,5})\|\)/.exec(await say('EPSV', 2))?.[1];
    if (port === undefined) throw new Error('the server has no extended passive mode');
    content = await open(url.hostname, Number(port), limits);
    await say(`RETR ${decodeURIComponent(url.pathname).replace(/^\//, '')}`, 1);
    // Nothing is said on it while the content comes.
    control.setTimeout(0);
    return { body: Readable.from(readWhole(content, { control, say, limits })) };
  } catch (error) {
    content?.destroy();
    control.destroy();
    throw error;
  }
}

type Talk = (line: string | undefined, ...fine: readonly number[]) => Promise<string>;

function createTalk(control: Socket): Talk {
  const replies = readReplies(control);
  return async (line, ...fine) => {
    // A line break would begin another command.
    if (line !== undefined && /[\r\n]/.test(line)) throw new Error('the address has a line break');
    if (line !== undefined) control.write(`${line}\r\n`);
    const { value }: IteratorResult<string, undefined> = await replies.next();
    if (value === undefined) throw new Error('the server hung up');
    if (!fine.includes(Math.trunc(Number(value.slice(0, 3)) / 100))) throw new Error(value);
    return value;
  };
}

interface Transfer {
  readonly control: Socket;
  readonly say: Talk;
  readonly limits: RemoteLimits;
}

// A connection for content that ends says nothing: only the reply after it tells whether all of it came.
async function* readWhole(content: Socket, { control, say, limits }: Transfer): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of content as AsyncIterable<Buffer>) yield chunk;
    control.setTimeout(limits.silence);
    await say(undefined, 2);
  } finally {
    content.destroy();
    control.destroy();
  }
}

/** A connection that is silent for too long, or no longer wanted, ends with an error. */
function open(host: string, port: number, { connectTimeout, silence, signal }: RemoteLimits): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: connectTimeout, signal }, () => resolve(socket.setTimeout(silence)));
    socket.on('timeout', () => socket.destroy(new Error('timed out')));
    socket.on('error', reject);
  });
}

const longestReply = 65_536;

// A reply of several lines ends with the line that has a blank after its number.
async function* readReplies(control: Socket): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const part of control) {
    rest += String(part);
    if (rest.length > longestReply) throw new Error('the server says too much');
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (/^\d{3}(?: |$)/.test(line)) yield line;
    }
  }
  return undefined;
}
