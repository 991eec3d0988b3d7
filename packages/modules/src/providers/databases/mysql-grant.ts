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

/** Whether an account has privileges already. */
export function hasGrant(
  grants: readonly MysqlGrant[],
  wanted: { readonly privileges: readonly string[]; readonly target: string; readonly handsOn: boolean },
): boolean {
  const here = grants.filter(({ target, handsOn }) => target === wanted.target && (handsOn || !wanted.handsOn));
  const held = new Set(here.flatMap(({ privileges }) => privileges));
  // USAGE stands for none, so any line for the place has it.
  return wanted.privileges
    .map(normalPrivilege)
    .every((one) => held.has(one) || held.has('ALL PRIVILEGES') || (one === 'USAGE' && grants.length > 0));
}
