import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';

/** What the configuration says of the HTTP API: `rest_cherrypy`, or `rest_tornado`, and the keys beside them. */
export interface NetapiSettings {
  /** `netapi_enable_clients` */
  readonly enabledClients: ReadonlySet<string>;
  readonly rootPrefix: string;
  /** A file served to browsers, at `appPath` and wherever they ask for HTML. */
  readonly app: string | undefined;
  readonly appPath: string;
  /** A folder of files, at `staticPath`. */
  readonly staticFolder: string | undefined;
  readonly staticPath: string;
  readonly expiresResponses: boolean;
  readonly webhookPath: string;
  readonly webhookIsOpen: boolean;
  readonly collectsStats: boolean;
  readonly statsAreOpen: boolean;
  readonly hasSessions: boolean;
  /** Origins beside the server's own that browsers may send sessions from; `*` for all, without their cookies. */
  readonly corsOrigins: ReadonlySet<string>;
  /** `api_acl: users`: from which addresses users may log in. */
  readonly loginAddresses: Dict;
  /** The only addresses that are listened to, if there are any. */
  readonly authorizedAddresses: ReadonlySet<string>;
  /** Bytes of a body that came by TCP. */
  readonly maxBodyBytes: number;
  /** Requests a minute from one address or token; 0 for no limit. */
  readonly rateLimit: number;
  /** Milliseconds: how long minions have to take a job, and how long they may be away with it. */
  readonly deliverWithin: number;
  readonly patience: number;
}

/** Where the HTTP API listens. */
export interface NetapiListen {
  readonly host: string;
  readonly port: number;
  readonly maxConnections: number;
  /** Absolute paths of the certificate, its key and those between it and its root; absent without TLS. */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly chain?: string };
}

/** The others that Salt's servers have mean nothing here, and are told. */
const knownKeys = new Set([
  ...['port', 'host', 'disable_ssl', 'ssl_crt', 'ssl_key', 'ssl_chain', 'app', 'app_path', 'static', 'static_path'],
  ...['root_prefix', 'webhook_url', 'webhook_disable_auth', 'collect_stats', 'stats_disable_auth', 'enable_sessions'],
  ...['max_request_body_size', 'api_acl', 'authorized_ips', 'expire_responses', 'cors_origin', 'rate_limit'],
  ...['max_connections'],
]);

/** Reads the settings out of the master's configuration. `onStray` hears of keys that are not acted on. */
export function readNetapiSettings(options: Dict, onStray: (key: string) => void = () => {}): NetapiSettings {
  const server = serverOptions(options);
  const { text, isOn, number, value } = readersOf(server);
  for (const key of server.keys()) {
    const name = pythonStr(key);
    if (!knownKeys.has(name)) onStray(name);
  }
  const seconds = (key: string, otherwise: number): number => Number(options.get(key) ?? otherwise) * 1000;
  return {
    enabledClients: textSet(options.get('netapi_enable_clients') ?? null),
    rootPrefix: trimmed(text('root_prefix') ?? '/'),
    app: text('app'),
    appPath: trimmed(text('app_path') ?? '/app'),
    staticFolder: text('static'),
    staticPath: trimmed(text('static_path') ?? '/static'),
    expiresResponses: isOn('expire_responses', true),
    webhookPath: trimmed(text('webhook_url') ?? '/hook'),
    webhookIsOpen: isOn('webhook_disable_auth', false),
    collectsStats: isOn('collect_stats', false),
    statsAreOpen: isOn('stats_disable_auth', false),
    hasSessions: isOn('enable_sessions', true),
    corsOrigins: textSet(value('cors_origin')),
    loginAddresses: usersOf(value('api_acl')),
    authorizedAddresses: textSet(value('authorized_ips')),
    maxBodyBytes: number('max_request_body_size', 1_048_576),
    rateLimit: number('rate_limit', 0),
    deliverWithin: seconds('timeout', 5),
    patience: seconds('gather_job_timeout', 10),
  };
}

/** Reads where to listen; `undefined` when no port is set. Throws `netapi-invalid` for what cannot be. */
export function readNetapiListen(options: Dict): NetapiListen | undefined {
  const server = serverOptions(options);
  const { text, isOn, number, value } = readersOf(server);
  if (value('port') === null) return undefined;
  const listen = {
    host: text('host') ?? '0.0.0.0',
    port: number('port', -1),
    maxConnections: number('max_connections', 5000),
  };
  if (listen.port < 0 || listen.port > 65_535)
    throw invalid(`rest_cherrypy: port ${pythonStr(value('port'))} is no port`);
  const tls = isOn('disable_ssl', false) ? undefined : tlsOf(text);
  if (tls !== undefined) return { ...listen, tls };
  if (isOn('disable_ssl', false) || ['127.0.0.1', '::1', 'localhost'].includes(listen.host)) return listen;
  throw invalid(
    'rest_cherrypy needs ssl_crt and ssl_key, or disable_ssl: True where something in front of it does TLS, or a host of 127.0.0.1',
  );
}

interface Readers {
  readonly value: (key: string) => Value;
  readonly text: (key: string) => string | undefined;
  readonly isOn: (key: string, otherwise: boolean) => boolean;
  readonly number: (key: string, otherwise: number) => number;
}

function readersOf(server: Dict): Readers {
  const value = (key: string): Value => server.get(key) ?? null;
  return {
    value,
    text(key) {
      const found = value(key);
      return typeof found === 'string' && found !== '' ? found : undefined;
    },
    isOn: (key, otherwise) => (value(key) === null ? otherwise : value(key) === true),
    number(key, otherwise) {
      const number = value(key) === null ? otherwise : Number(value(key));
      return Number.isInteger(number) && number >= 0 ? number : otherwise;
    },
  };
}

function tlsOf(text: Readers['text']): NetapiListen['tls'] {
  const [certificate, key, chain] = [text('ssl_crt'), text('ssl_key'), text('ssl_chain')];
  if (certificate === undefined || key === undefined) return undefined;
  return { certificate, key, ...(chain === undefined ? {} : { chain }) };
}

function usersOf(acl: Value): Dict {
  const users = isDict(acl) ? (acl.get('users') ?? null) : null;
  return isDict(users) ? users : new Map();
}

function serverOptions(options: Dict): Dict {
  for (const name of ['rest_cherrypy', 'rest_tornado']) {
    const server = options.get(name);
    if (isDict(server) && server.size > 0) return server;
  }
  return new Map();
}

function textSet(value: Value): ReadonlySet<string> {
  if (value === null) return new Set();
  return new Set((Array.isArray(value) ? value : [value]).map(pythonStr));
}

/** With a slash at the beginning and none at the end; the root is empty. */
function trimmed(path: string): string {
  const inner = path.replaceAll(/^\/+|\/+$/g, '');
  return inner === '' ? '' : `/${inner}`;
}

function invalid(message: string): AppError {
  return new AppError({ code: 'netapi-invalid', message });
}
