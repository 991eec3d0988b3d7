import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import {
  controlSocketPath,
  decodeValue,
  encodeValue,
  isDict,
  loadJson,
  pythonStr,
  type Dict,
  type Value,
} from '@brine/common';
import type { BusEvent, FunctionContext } from '@brine/modules/kit';
import type { MinionEventsAnswer } from '../daemon/minion-events.ts';
import { minionError } from '../errors.ts';
import type { DaemonLink } from '../local-link/daemon-link.ts';
import type { CallEnvironmentOptions } from './call-request.ts';
import { ask } from './master-link.ts';

/** The events of the daemons on this machine, as functions watch them. */
export function createEventsPort(call: CallEnvironmentOptions): NonNullable<FunctionContext['events']> {
  return {
    watch: (node, folder) =>
      node === 'minion'
        ? watchMinion(path.join(folder ?? socketFolder(call.options), 'minion.sock'), call.signal)
        : watchMaster(controlSocketPath(folder ?? path.join(socketFolder(call.options), '..', 'master')), call.signal),
    fire: async (tag, data) => {
      const link = await connect(path.join(socketFolder(call.options), 'minion.sock'));
      if (link === undefined) return false;
      try {
        await ask(link, 'local.fire', { tag, payload: encodeValue(data) });
        return true;
      } finally {
        link.close();
      }
    },
    print: async (text) => {
      if (call.print === undefined) call.log.info('event', { event: text.trimEnd() });
      else await call.print(text);
    },
  };
}

function socketFolder(options: Dict): string {
  return pythonStr(options.get('sock_dir') ?? '');
}

// What hardly any call needs is loaded when one does.
async function connect(socket: string): Promise<DaemonLink | undefined> {
  return (await import('../local-link/daemon-link.ts')).connectDaemonLink(socket);
}

async function* watchMinion(socket: string, signal: AbortSignal): AsyncIterable<BusEvent> {
  const link = await connect(socket);
  if (link === undefined) throw minionError('events-unreachable', `no minion daemon listens on ${socket}`);
  const stop = (): void => link.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    let { cursor } = (await ask(link, 'local.events', {})) as unknown as MinionEventsAnswer;
    for (;;) {
      const told = (await ask(link, 'local.events', { cursor })) as unknown as MinionEventsAnswer;
      for (const { tag, data } of told.events) yield { tag, data: decodeValue(data) };
      ({ cursor } = told);
    }
  } finally {
    signal.removeEventListener('abort', stop);
    link.close();
  }
}

/** The control surface tells root, and whom `publisher_acl` lets, the events as lines of JSON. */
async function* watchMaster(socketPath: string, signal: AbortSignal): AsyncIterable<BusEvent> {
  const { createInterface } = await import('node:readline');
  const response = await openStream(socketPath, signal);
  for await (const line of createInterface({ input: response })) {
    const event: Value = line === '' ? null : loadJson(line);
    if (isDict(event)) yield { tag: pythonStr(event.get('tag') ?? ''), data: event.get('payload') ?? null };
  }
}

async function openStream(socketPath: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { request } = await import('node:http');
  const headers = { accept: 'application/json' };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ socketPath, path: '/v1/events', headers, agent: false, signal }, resolve).once('error', reject).end();
    });
    if (response.statusCode === 200) return response;
    response.destroy();
    throw new Error(`it answered ${response.statusCode ?? 'nothing'}`);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw minionError('events-unreachable', `no master tells its events on ${socketPath}: ${reason}`, { cause });
  }
}
