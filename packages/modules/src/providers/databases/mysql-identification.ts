import { quoteMysqlText } from './mysql.ts';

/** How an account shows who it is. */
export interface MysqlIdentification {
  readonly password: string | undefined;
  readonly password_hash: string | undefined;
  readonly unix_socket: boolean;
  /** The kind of the password; that of the server unless given. */
  readonly auth_plugin?: string | undefined;
}

/** Whether only the version of the server tells how that is written. */
export function needsVersion({ unix_socket, auth_plugin }: MysqlIdentification): boolean {
  return unix_socket || auth_plugin !== undefined;
}

/** The clause of `CREATE USER` and `ALTER USER`; `version` is what the server says of itself. */
export function identify(wish: MysqlIdentification, user: string, version: string): string {
  const isMaria = version === '' || /mariadb/i.test(version);
  const { password, password_hash: hash, auth_plugin: plugin } = wish;
  if (wish.unix_socket)
    return isMaria ? ' IDENTIFIED VIA unix_socket' : ` IDENTIFIED WITH auth_socket AS ${quoteMysqlText(user)}`;
  if (plugin !== undefined) return withPlugin(plugin, { password, hash }, isMaria);
  if (password !== undefined) return ` IDENTIFIED BY ${quoteMysqlText(password)}`;
  return hash === undefined ? " IDENTIFIED BY ''" : ` IDENTIFIED BY PASSWORD ${quoteMysqlText(hash)}`;
}

function withPlugin(
  plugin: string,
  { password, hash }: { readonly password: string | undefined; readonly hash: string | undefined },
  isMaria: boolean,
): string {
  const name = quoteMysqlText(plugin);
  if (password === undefined && hash === undefined) return ` IDENTIFIED ${isMaria ? `VIA ${plugin}` : `WITH ${name}`}`;
  if (!isMaria)
    return ` IDENTIFIED WITH ${name} ${password === undefined ? `AS ${quoteMysqlText(hash ?? '')}` : `BY ${quoteMysqlText(password)}`}`;
  return ` IDENTIFIED VIA ${plugin} USING ${password === undefined ? quoteMysqlText(hash ?? '') : `PASSWORD(${quoteMysqlText(password)})`}`;
}

/** Whether a word can be the name of a plugin. */
export function isPluginName(name: string): boolean {
  return /^\w+$/.test(name);
}
