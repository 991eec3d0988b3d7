import { connect, type Socket } from 'node:net';
import type { OpenedFile, RemoteLimits } from './open-http.ts';

/** Asks an FTP server for a file (RFC 959, extended passive mode of RFC 2428). Throws with the server's words. */
export async function openFtp(url: URL, { connectTimeout, requestTimeout }: RemoteLimits): Promise<OpenedFile> {
  const control = await open(url.hostname, url.port === '' ? 21 : Number(url.port), connectTimeout);
  control.setTimeout(requestTimeout, () => control.destroy(new Error('timed out')));
  const replies = readReplies(control);
  const say = async (line: string | undefined, ...fine: readonly number[]): Promise<string> => {
    // A line break would begin another command.
    if (line !== undefined && /[\r\n]/.test(line)) throw new Error('the address has a line break');
    if (line !== undefined) control.write(`${line}\r\n`);
    const { value }: IteratorResult<string, undefined> = await replies.next();
    if (value === undefined) throw new Error('the server hung up');
    if (!fine.includes(Math.trunc(Number(value.slice(0, 3)) / 100))) throw new Error(value);
    return value;
  };
  try {
    await say(undefined, 2);
    const greeting = await say(`USER ${decodeURIComponent(url.username) || 'anonymous'}`, 2, 3);
    if (greeting.startsWith('3')) await say(`PASS ${decodeURIComponent(url.password) || 'anonymous@'}`, 2);
    await say('TYPE I', 2);
    const port = /\(\|\|\|(\d+)\|\)/.exec(await say('EPSV', 2))?.[1];
    if (port === undefined) throw new Error('the server has no extended passive mode');
    const body = await open(url.hostname, Number(port), connectTimeout);
    await say(`RETR ${decodeURIComponent(url.pathname).replace(/^\//, '')}`, 1);
    body.on('close', () => control.destroy());
    return { body };
  } catch (error) {
    control.destroy();
    throw error;
  }
}

function open(host: string, port: number, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout }, () => resolve(socket.setTimeout(0)));
    socket.on('timeout', () => socket.destroy(new Error('timed out')));
    socket.on('error', reject);
  });
}

// A reply of several lines ends with the line that has a blank after its number.
async function* readReplies(control: Socket): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const part of control) {
    rest += String(part);
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end).trim();
      rest = rest.slice(end + 1);
      if (/^\d{3}(?: |$)/.test(line)) yield line;
    }
  }
  return undefined;
}
