import { dumpJson, pythonStr, type Dict } from '@brine/common';
import { numberSetting, optionalText } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';

/** Milliseconds until a connection stands. */
const connectTimeout = 10_000;

/** Puts returns where Salt's own returner has them: `ret:JID`, `ID:FUN` and `minions`; events into the list `salt:events`. */
export const redis: Returner = {
  prefix: 'redis',
  settings: {
    ...{ host: 'host', port: 'port', db: 'db', unix_socket_path: 'unix_socket_path' },
    ...{ username: 'username', password: 'password', tls: 'tls', ttl: 'ttl', events_key: 'events_key' },
  },
  defaults: { host: 'salt', port: 6379, db: 0, ttl: 86_400, events_key: 'salt:events' },
  store: async (jobReturn, settings) =>
    withClient(settings, async (client) => {
      const [id, jid, fun] = ['id', 'jid', 'fun'].map((key) => pythonStr(jobReturn.get(key) ?? ''));
      await client
        .multi()
        .hSet(`ret:${jid}`, id ?? '', dumpJson(jobReturn))
        .expire(`ret:${jid}`, numberSetting(settings, 'ttl', 86_400))
        .set(`${id}:${fun}`, jid ?? '')
        .sAdd('minions', id ?? '')
        .exec();
    }),
  storeEvents: async (events: readonly Dict[], settings) =>
    withClient(settings, async (client) => {
      const key = optionalText(settings, 'events_key') ?? 'salt:events';
      await client.rPush(
        key,
        events.map((event) => dumpJson(event)),
      );
    }),
};

async function createConnection(settings: ReturnerSettings) {
  const { createClient } = await import('@redis/client');
  const path = optionalText(settings, 'unix_socket_path');
  const host = optionalText(settings, 'host') ?? 'salt';
  const tls = settings.get('tls') === true ? ({ tls: true } as const) : {};
  const place =
    path === undefined ? { host, port: numberSetting(settings, 'port', 6379), ...tls } : { path, tls: false as const };
  const password = optionalText(settings, 'password');
  const username = optionalText(settings, 'username');
  return createClient({
    socket: { ...place, connectTimeout, reconnectStrategy: false },
    database: numberSetting(settings, 'db', 0),
    ...(password === undefined ? {} : { password }),
    ...(username === undefined ? {} : { username }),
  });
}

async function withClient(
  settings: ReturnerSettings,
  work: (client: Awaited<ReturnType<typeof createConnection>>) => Promise<void>,
): Promise<void> {
  const client = await createConnection(settings);
  // What breaks shows where it is used.
  client.on('error', () => {});
  try {
    await client.connect();
    await work(client);
    await client.close();
  } finally {
    if (client.isOpen) client.destroy();
  }
}
