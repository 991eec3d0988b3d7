import { createFleet, type Fleet } from '../fleet/fleet.ts';
import type { Settings } from '../fleet/fleet-folder.ts';

/** A fleet whose master serves the HTTP API on a free port of the loopback interface. */
export interface ApiFleet {
  readonly fleet: Fleet;
  readonly url: string;
  /** Sends a request; an object as body is JSON. */
  request(path: string, options?: RequestOptions): Promise<Answer>;
  /** Logs a user in and answers the token. */
  logIn(user: string): Promise<string>;
  end(): Promise<void>;
}

/** What of a request matters to the tests. */
export interface RequestOptions {
  readonly method?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, its body read as JSON where it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

/** The users of the tests: who may do all, little, and nothing. */
export const users = {
  ada: { username: 'ada', password: 'pw-ada', eauth: 'file' },
  bob: { username: 'bob', password: 'pw-bob', eauth: 'file' },
  nil: { username: 'nil', password: 'pw-nil', eauth: 'file' },
} as const;

const clients = [
  ...['local', 'local_async', 'local_batch', 'local_subset', 'runner', 'runner_async', 'wheel', 'wheel_async', 'ssh'],
  'caller',
];

/** Starts a master with the API and minions. */
export async function createApiFleet(
  ids: readonly string[],
  server: Settings = {},
  further: Settings = {},
): Promise<ApiFleet> {
  const fleet = await createFleet();
  const passwords = Object.values(users).map(({ username, password }) => `${username}:${password}\n`);
  const filename = fleet.folder.write('users', passwords.join(''), 0o600);
  const master = await fleet.startMaster({
    netapi_enable_clients: clients,
    rest_cherrypy: { port: 0, host: '127.0.0.1', disable_ssl: true, ...server },
    external_auth: {
      file: {
        '^filename': filename,
        ada: ['.*', '@runner', '@wheel', '@jobs'],
        bob: [
          ...['test.*', 'grains.items'],
          ...[{ 'web*': ['status.uptime'] }, { '@runner': ['jobs.*'] }, { '@wheel': ['key.list_all'] }],
        ],
      },
      sharedsecret: { carol: ['test.ping'] },
    },
    sharedsecret: 'CANARY-shared-secret',
    timeout: 3,
    ...further,
  });
  const { port } = await master.logged('http api listens');
  const url = `http://127.0.0.1:${String(port)}`;
  if (ids.length > 0) await fleet.join(...ids);
  const request: ApiFleet['request'] = async (path, options) => send(`${url}${path}`, options);
  return {
    fleet,
    url,
    request,
    logIn: async (user) => {
      const { headers, status, text } = await request('/login', { body: users[user as keyof typeof users] });
      if (status !== 200) throw new Error(`login of ${user}: ${status} ${text}`);
      return headers.get('x-auth-token') ?? '';
    },
    end: async () => fleet.end(),
  };
}

async function send(url: string, { method, token, body, headers = {} }: RequestOptions = {}): Promise<Answer> {
  const isText = typeof body === 'string';
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: {
      accept: 'application/json',
      ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { 'x-auth-token': token }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    redirect: 'manual',
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: asJson(text) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
