import { isAppError, isDict, loadJson, pythonStr, toPlain, type Dict, type Value } from '@brine/common';
import type { FunctionContext } from '../../kit/context.ts';
import { askServer } from '../../providers/http/ask-server.ts';
import { failure } from '../failure.ts';

/** A server of Vault, and how to be let in. */
export interface VaultServer {
  readonly url: string;
  readonly token: string;
  readonly namespace: string | undefined;
  /** Seconds until it must have answered. */
  readonly seconds: number;
}

/** Seconds until the server must have answered, unless the setting `timeout` says otherwise. */
const standardSeconds = 30;

type Surroundings = Pick<FunctionContext, 'options' | 'pillar' | 'host' | 'signal'>;

/** The server that a profile names, else the section `vault`, else the variables that Vault's own programs read. */
async function findServer(profile: Dict, context: Surroundings): Promise<VaultServer> {
  const sections = [profile, context.options.get('vault'), context.pillar.get('vault')].map((one) =>
    isDict(one ?? null) ? (one as Dict) : new Map<Value, Value>(),
  );
  const setting = (name: string): string | undefined => {
    const found = sections
      .flatMap((section) => [
        section.get(name),
        isDict(section.get('auth') ?? null) ? (section.get('auth') as Dict).get(name) : undefined,
      ])
      .find((one) => one !== undefined && one !== null);
    return found === undefined || found === null ? undefined : pythonStr(found);
  };
  const url = (setting('url') ?? context.host.environment('VAULT_ADDR') ?? '').replace(/\/+$/, '');
  if (!/^https?:\/\/[^/]/.test(url)) throw failure('The sdb driver vault needs the address of a server: vault:url');
  const namespace = setting('namespace');
  const given = Number(setting('timeout') ?? standardSeconds);
  const seconds = given > 0 ? given : standardSeconds;
  const token = setting('token') ?? context.host.environment('VAULT_TOKEN');
  if (token !== undefined) return { url, token, namespace, seconds };
  const [role, secret] = [setting('role_id'), setting('secret_id')];
  if (role === undefined) throw failure('The sdb driver vault needs a token, or a role_id: vault:auth');
  const login = { role_id: role, ...(secret === undefined ? {} : { secret_id: secret }) };
  const answer = await ask(
    { url, token: '', namespace, seconds },
    { path: 'auth/approle/login', body: login },
    context,
  );
  const granted = memberAt(answer, 'auth', 'client_token');
  if (typeof granted !== 'string') throw failure('Vault gave no token for the role');
  return { url, token: granted, namespace, seconds };
}

/** Asks the server. `undefined` for what it does not have (404). Throws with what it complained about. */
async function ask(
  { url, token, namespace, seconds }: VaultServer,
  { path, body }: { readonly path: string; readonly body?: object },
  { signal }: Surroundings,
): Promise<Value | undefined> {
  const address = `${url}/v1/${path.split('/').map(encodeURIComponent).join('/')}`;
  const headers = new Headers({
    'Content-Type': 'application/json',
    ...(token === '' ? {} : { 'X-Vault-Token': token }),
    ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
  });
  const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const answer = await askServer(address, { headers, redirect: 'error', ...request }, { seconds, signal });
  if ('failure' in answer) throw failure(`Vault at ${url} cannot be reached: ${answer.failure}`);
  const said = readJson(answer.body);
  if (answer.status === 404) return undefined;
  if (answer.status >= 200 && answer.status < 300) return said;
  const errors = memberAt(said, 'errors');
  const why = Array.isArray(errors) ? errors.map((one) => pythonStr(one)).join('; ') : '';
  throw failure(`Vault answered ${answer.status} for ${path}${why === '' ? '' : `: ${why}`}`);
}

function readJson(text: string): Value {
  try {
    return text === '' ? null : loadJson(text);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return null;
  }
}

function memberAt(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  return path.reduce<Value | undefined>((at, key) => (isDict(at ?? null) ? (at as Dict).get(key) : undefined), value);
}

/** Where a secret is: the path without its key, and whether its engine keeps versions. */
async function locate(
  key: string,
  server: VaultServer,
  context: Surroundings,
): Promise<{ readonly path: string; readonly name: string; readonly hasVersions: boolean }> {
  const at = key.includes('?') ? key.indexOf('?') : key.lastIndexOf('/');
  const [path, name] = [key.slice(0, at), key.slice(at + 1)];
  if (at < 1 || name === '' || path.split('/').some((part) => part === '..' || part === '.'))
    throw failure(`${key} is no path and key of a secret: sdb://PROFILE/PATH/KEY`);
  const mount = await ask(server, { path: `sys/internal/ui/mounts/${path}` }, context).catch((caught: unknown) => {
    // A token need not be allowed to look; Salt takes the first version then.
    if (!isAppError(caught, 'function-failed') || caught.message.includes('cannot be reached')) throw caught;
    return undefined;
  });
  const hasVersions = memberAt(mount, 'data', 'options', 'version') === '2';
  const root = memberAt(mount, 'data', 'path');
  if (!hasVersions || typeof root !== 'string') return { path, name, hasVersions: false };
  const rest = path.startsWith(root) ? path.slice(root.length) : path.slice(root.length - 1);
  const inner = rest.replace(/^\/|^data\//g, '');
  return { path: `${root}data/${inner}`, name, hasVersions };
}

/** A secret: its member of that name or, where versions are kept and it has none, all of it; `null` for none. */
export async function readVault(key: string, profile: Dict, context: Surroundings): Promise<Value> {
  const server = await findServer(profile, context);
  const { path, name, hasVersions } = await locate(key, server, context);
  const direct = await ask(server, { path }, context);
  const isElsewhere = direct === undefined && hasVersions;
  const found = isElsewhere ? await ask(server, { path: `${path}/${name}` }, context) : direct;
  const secret = memberAt(found, ...(hasVersions ? ['data', 'data'] : ['data']));
  return memberAt(secret, name) ?? (hasVersions ? (secret ?? null) : null);
}

/** Writes a secret with that one member; answers true. */
export async function writeVault(key: string, value: Value, profile: Dict, context: Surroundings): Promise<true> {
  const server = await findServer(profile, context);
  const { path, name, hasVersions } = await locate(key, server, context);
  const secret = { [name]: toPlain(value) };
  await ask(server, { path, body: hasVersions ? { data: secret } : secret }, context);
  return true;
}
