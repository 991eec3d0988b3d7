import { readFileSync } from 'node:fs';
import { pythonStr, type Dict } from '@brine/common';
import { Client, EqualityFilter, type Entry } from 'ldapts';
import type { LoginMethod, OnFault } from './login-method.ts';

/** What `ldap` works with. */
export interface LdapOptions {
  /** The master's configuration; the keys are `auth.ldap.…`. */
  readonly settings: Dict;
  readonly onFault: OnFault;
}

interface LdapSettings {
  readonly url: string;
  readonly usesStartTls: boolean;
  readonly tls: { readonly rejectUnauthorized: boolean; readonly ca?: Buffer };
  readonly basedn: string;
  readonly scope: 'base' | 'one' | 'sub';
  readonly binddn: string;
  readonly bindpw: string;
  readonly filter: string;
  readonly anonymous: boolean;
  readonly accountAttribute: string;
  readonly groupBase: string;
  readonly groupAttribute: string;
  readonly groupClass: string;
  readonly isActiveDirectory: boolean;
}

/** Milliseconds for connecting and for an answer. */
const limit = 10_000;

/**
 * `ldap`: a directory. The user is looked up as `auth.ldap.binddn` (unless that holds `{{ username }}`, which then is the
 * user), and proven by binding as what was found. An empty password is refused before the directory, which would take it.
 */
export function createLdapMethod({ settings, onFault }: LdapOptions): LoginMethod {
  const ldap = readSettings(settings);
  const within = async <Result>(work: (client: Client) => Promise<Result>, otherwise: Result): Promise<Result> => {
    // With these options the client would speak TLS whatever the address says.
    const tls = ldap.url.startsWith('ldaps:') ? { tlsOptions: ldap.tls } : {};
    const client = new Client({ url: ldap.url, timeout: limit, connectTimeout: limit, ...tls });
    try {
      if (ldap.usesStartTls) await client.startTLS(ldap.tls);
      return await work(client);
    } catch (error) {
      if (!isWrongPassword(error)) onFault('the directory cannot be asked', { url: ldap.url, error: describe(error) });
      return otherwise;
    } finally {
      await client.unbind().catch(() => {});
    }
  };
  return {
    async prove({ username, password }) {
      if (password === '') return false;
      return within(async (client) => {
        const entry = await findAccount(client, username, ldap, password);
        if (entry === undefined) return false;
        await client.bind(entry.dn, password);
        return hasName(client, entry.dn, username, ldap);
      }, false);
    },
    groupsOf: async (user) => within(async (client) => findGroups(client, user, ldap), []),
    async isStillGood(user) {
      // Where users look themselves up, nobody can be asked about them later.
      if (bindsAsUser(ldap)) return true;
      return within(async (client) => (await findAccount(client, user, ldap)) !== undefined, false);
    },
  };
}

/** Standard values of `auth.ldap.…`, Salt's. */
const standard: ReadonlyMap<string, string> = new Map([
  ['server', 'localhost'],
  ['scope', '2'],
  ['groupou', 'Groups'],
  ['accountattributename', 'memberUid'],
  ['groupattribute', 'memberOf'],
  ['groupclass', 'posixGroup'],
]);

const scopes = ['base', 'one', 'sub'] as const;

function readSettings(values: Dict): LdapSettings {
  const get = (key: string): string => {
    const value = values.get(`auth.ldap.${key}`) ?? undefined;
    return value === undefined ? (standard.get(key) ?? '') : pythonStr(value);
  };
  const isOn = (key: string): boolean => get(key).toLowerCase() === 'true';
  const authority = get('cacertfile');
  return {
    url: get('uri') || urlOf(get('server'), get('port'), isOn('tls')),
    usesStartTls: isOn('starttls'),
    tls: { rejectUnauthorized: !isOn('no_verify'), ...(authority === '' ? {} : { ca: readFileSync(authority) }) },
    basedn: get('basedn'),
    scope: scopes[Number(get('scope'))] ?? 'sub',
    binddn: get('binddn'),
    bindpw: get('bindpw'),
    filter: get('filter'),
    anonymous: isOn('anonymous'),
    accountAttribute: get('accountattributename'),
    groupBase: get('group_basedn') || [get('groupou'), get('basedn')].map(toOu).join(','),
    groupAttribute: get('groupattribute'),
    groupClass: get('groupclass'),
    isActiveDirectory: isOn('activedirectory'),
  };
}

function urlOf(server: string, port: string, isTls: boolean): string {
  return `${isTls ? 'ldaps' : 'ldap'}://${server}:${port === '' ? (isTls ? 636 : 389) : port}`;
}

function toOu(part: string, index: number): string {
  return index === 0 && !part.includes('=') ? `ou=${part}` : part;
}

function bindsAsUser({ binddn, anonymous }: LdapSettings): boolean {
  return !anonymous && (binddn === '' || hasUserName(binddn));
}

const placeholder = /\{\{\s*username\s*\}\}/g;

/** The attribute that names are looked up by, where it can be told. */
function nameAttribute({ binddn, filter, isActiveDirectory }: LdapSettings): string | undefined {
  const template = hasUserName(binddn) ? binddn : filter;
  if (template === '') return isActiveDirectory ? 'sAMAccountName' : 'uid';
  return /([A-Za-z][\w.-]*)\s*=\s*\{\{\s*username\s*\}\}/.exec(template)?.[1];
}

/**
 * Whether an account has the name exactly as it was given. Directories compare without case and spaces, but permissions are
 * written for one name: who is called `ada` must not come in as `ADA`. Asked as the user; an entry that may not be read is
 * taken as it is.
 */
async function hasName(client: Client, dn: string, user: string, ldap: LdapSettings): Promise<boolean> {
  const attribute = nameAttribute(ldap);
  if (attribute === undefined) return true;
  const found = await client.search(dn, { scope: 'base', attributes: [attribute] }).catch(() => undefined);
  const entry = found?.searchEntries[0];
  const names = Object.entries(entry ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === attribute.toLowerCase() ? texts(value) : [],
  );
  return names.length === 0 || names.includes(user);
}

function hasUserName(text: string): boolean {
  return text.search(placeholder) >= 0;
}

async function findAccount(
  client: Client,
  user: string,
  ldap: LdapSettings,
  password?: string,
): Promise<Pick<Entry, 'dn'> | undefined> {
  if (hasUserName(ldap.binddn)) {
    if (password === undefined) return undefined;
    return { dn: ldap.binddn.replaceAll(placeholder, () => escapeDn(user)) };
  }
  await bindForSearch(client, ldap);
  const filter =
    ldap.filter === ''
      ? new EqualityFilter({ attribute: ldap.isActiveDirectory ? 'sAMAccountName' : 'uid', value: user })
      : ldap.filter.replaceAll(placeholder, () => escapeFilter(user));
  const { searchEntries } = await client.search(ldap.basedn, { scope: ldap.scope, filter, attributes: ['1.1'] });
  // Two accounts of one name are nobody's.
  return searchEntries.length === 1 ? searchEntries[0] : undefined;
}

async function bindForSearch(client: Client, { anonymous, binddn, bindpw }: LdapSettings): Promise<void> {
  if (!anonymous && binddn !== '') await client.bind(binddn, bindpw);
}

async function findGroups(client: Client, user: string, ldap: LdapSettings): Promise<readonly string[]> {
  if (bindsAsUser(ldap)) return [];
  const account = await findAccount(client, user, ldap);
  if (account === undefined) return [];
  if (ldap.isActiveDirectory) {
    const { searchEntries } = await client.search(account.dn, { scope: 'base', attributes: [ldap.groupAttribute] });
    return searchEntries.flatMap((entry) => texts(entry[ldap.groupAttribute])).map(commonName);
  }
  const name = escapeFilter(user);
  const dn = escapeFilter(account.dn);
  const filter = `(&(objectClass=${escapeFilter(ldap.groupClass)})(|(${ldap.accountAttribute}=${name})(member=${dn})(uniqueMember=${dn})))`;
  const { searchEntries } = await client.search(ldap.groupBase, { scope: 'sub', filter, attributes: ['cn'] });
  return searchEntries.flatMap((entry) => texts(entry['cn']));
}

function texts(value: Entry[string] | undefined): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string');
}

function commonName(dn: string): string {
  return /^cn=([^,]+)/i.exec(dn)?.[1] ?? dn;
}

/** RFC 4515. */
function escapeFilter(text: string): string {
  // oxlint-disable-next-line no-control-regex -- NUL is what must be escaped
  return text.replaceAll(/[\\*()\u0000]/g, (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** RFC 4514, with every special character in hexadecimal. */
function escapeDn(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._@-]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join(''),
  );
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof Error && error.name === 'InvalidCredentialsError';
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
