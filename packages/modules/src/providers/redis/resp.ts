import { connect, type Socket } from 'node:net';
import { AppError } from '@brine/common';

/** Bytes of a reply: it is held in memory whole. */
const largestReply = 64 * 1024 * 1024;

/** What a server answers: a text, a number, nothing, or a list of answers. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** Where a server is. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly password: string | undefined;
  /** Milliseconds until the answer must be here. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one command on a connection of its own, by the protocol RESP2 of https://redis.io/docs/reference/protocol-spec/.
 * Throws `state-failed` when the server refuses, is silent or cannot be reached.
 */
export async function sendRedis(address: RedisAddress, command: readonly string[]): Promise<RedisReply> {
  address.signal.throwIfAborted();
  const commands = [
    ...(address.password === undefined ? [] : [['AUTH', address.password]]),
    ...(address.db === 0 ? [] : [['SELECT', String(address.db)]]),
    command,
  ];
  if (!(address.port > 0 && address.port < 65_536)) throw refusal(`${address.port} is no port of a server`);
  const limit = AbortSignal.timeout(address.timeout);
  const signal = AbortSignal.any([address.signal, limit]);
  const socket = connect({ host: address.host, port: address.port, signal });
  try {
    socket.write(commands.map(encode).join(''));
    return await readReplies(socket, commands.length);
  } catch (cause) {
    address.signal.throwIfAborted();
    if (cause instanceof AppError) throw cause;
    const late = limit.aborted ? `it did not answer within ${address.timeout / 1000} seconds` : undefined;
    const said = late ?? (cause instanceof Error ? cause.message : String(cause));
    throw refusal(`Error connecting to ${address.host}:${address.port}. ${said}`, cause);
  } finally {
    socket.destroy();
  }
}

function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join('')}`;
}

async function readReplies(socket: Socket, count: number): Promise<RedisReply> {
  let pending = Buffer.alloc(0);
  let last: RedisReply = null;
  let left = count;
  for await (const chunk of socket) {
    pending = Buffer.concat([pending, chunk as Buffer]);
    if (pending.length > largestReply) throw refusal(`The server answers with more than ${largestReply} bytes`);
    for (let found = readReply(pending, 0); left > 0 && found !== undefined; found = readReply(pending, 0)) {
      last = found.reply;
      pending = pending.subarray(found.end);
      left -= 1;
    }
    if (left === 0) return last;
  }
  throw refusal('The server closed the connection');
}

interface Read {
  readonly reply: RedisReply;
  readonly end: number;
}

// `undefined` until all of a reply is there.
function readReply(bytes: Buffer, start: number): Read | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd === -1) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '+':
      return { reply: line, end };
    case '-':
      throw refusal(line === '' ? 'The server refuses without saying why' : line);
    case ':':
      return { reply: Number(line), end };
    case '$':
      return readText(bytes, Number(line), end);
    case '*':
      return readList(bytes, Number(line), end);
    default:
      throw refusal('The server does not speak as Redis does');
  }
}

function readText(bytes: Buffer, length: number, start: number): Read | undefined {
  if (length === -1) return { reply: null, end: start };
  const end = start + length + 2;
  return bytes.length < end ? undefined : { reply: bytes.toString('utf8', start, end - 2), end };
}

function readList(bytes: Buffer, length: number, start: number): Read | undefined {
  const items: RedisReply[] = [];
  let at = start;
  for (let index = 0; index < length; index += 1) {
    const item = readReply(bytes, at);
    if (item === undefined) return undefined;
    items.push(item.reply);
    at = item.end;
  }
  return { reply: length === -1 ? null : items, end: at };
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'state-failed', message, ...(cause === undefined ? {} : { cause }) });
}
