/** A line of `SHOW GRANTS`. */
export interface MysqlGrant {
  /** In capitals. */
  readonly privileges: readonly string[];
  /** Database and table without quotes, e.g. `app.*`. */
  readonly target: string;
  readonly handsOn: boolean;
}

/** Reads a line of `SHOW GRANTS`; `undefined` for what is no grant of privileges. */
export function readGrant(line: string): MysqlGrant | undefined {
  const [, privileges, target] = /^GRANT (.+?) ON (?:TABLE )?(\S+) TO /.exec(line) ?? [];
  if (privileges === undefined || target === undefined) return undefined;
  const bare = target.replaceAll('`', '').replace(/\\([_%])/g, '$1');
  return { privileges: splitPrivileges(privileges), target: bare, handsOn: line.includes('WITH GRANT OPTION') };
}

// Commas within parentheses part columns.
function splitPrivileges(text: string): readonly string[] {
  const parts = text.match(/[^,(]+(?:\([^)]*\))?/g) ?? [];
  return parts.map((part) => normalPrivilege(part)).filter((part) => part !== '');
}

function normalPrivilege(text: string): string {
  const word = text.trim().toUpperCase().replace(/\s+/g, ' ');
  return word === 'ALL' ? 'ALL PRIVILEGES' : word;
}

/** What an account is to have. */
export interface WantedGrant {
  readonly privileges: readonly string[];
  readonly target: string;
  readonly handsOn: boolean;
  /** Whether all privileges are more than what is wanted, and do not count for it. */
  readonly isStrict?: boolean;
}

/** Whether an account has privileges already. */
export function hasGrant(grants: readonly MysqlGrant[], wanted: WantedGrant): boolean {
  const here = grants.filter(({ target, handsOn }) => target === wanted.target && (handsOn || !wanted.handsOn));
  const held = new Set(here.flatMap(({ privileges }) => privileges));
  const hasAll = wanted.isStrict !== true && held.has('ALL PRIVILEGES');
  // USAGE stands for none, so any line for the place has it.
  return wanted.privileges
    .map(normalPrivilege)
    .every((one) => held.has(one) || hasAll || (one === 'USAGE' && grants.length > 0));
}

/** The statements that take from an account what it has for a place: privileges, and the right to hand them on. */
export function revocations(
  grants: readonly MysqlGrant[],
  { target, written, account }: { readonly target: string; readonly written: string; readonly account: string },
): readonly string[] {
  const here = grants.filter((grant) => grant.target === target);
  const privileges = here.flatMap((grant) => grant.privileges.filter((privilege) => privilege !== 'USAGE'));
  return [
    ...(privileges.length === 0 ? [] : [`REVOKE ${privileges.join(', ')} ON ${written} FROM ${account}`]),
    ...(here.some(({ handsOn }) => handsOn) ? [`REVOKE GRANT OPTION ON ${written} FROM ${account}`] : []),
  ];
}
