import { accountRefusal } from './account-refusal.ts';
import { membersOf, type AccountTables } from './account-tables.ts';
import { readProgramWords, type OptionTable } from './program-words.ts';

const addOptions: OptionTable = {
  '-g': ['gid', 'value'],
  '-o': ['non-unique', 'flag'],
  '-r': ['system', 'flag'],
  '-R': ['root', 'value'],
};

/** What `groupadd` does. */
export function addGroup(tables: AccountTables, words: readonly string[]): void {
  const { options, operands } = readProgramWords(words, addOptions);
  const [name = ''] = operands;
  checkName('group', name);
  if (tables.row('group', name) !== undefined) throw accountRefusal(9, `group '${name}' already exists`);
  const gid = options.get('gid');
  if (gid !== undefined) checkId(tables, { gid, mayShare: options.has('non-unique') });
  writeGroup(tables, name, gid === undefined ? tables.freeId(options.has('system'), ['group']) : Number(gid));
}

/** Adds the lines of a group without members. */
export function writeGroup(tables: AccountTables, name: string, gid: number): void {
  tables.add('group', [name, 'x', String(gid), '']);
  tables.add('gshadow', [name, '!', '', '']);
}

function checkId(tables: AccountTables, { gid, mayShare }: { readonly gid: string; readonly mayShare: boolean }): void {
  if (!/^\d{1,10}$/.test(gid)) throw accountRefusal(3, `invalid group ID '${gid}'`);
  if (!mayShare && tables.isTaken('group', Number(gid))) throw accountRefusal(4, `GID '${gid}' already exists`);
}

/** Refuses names that would be two fields, two lines or an option. */
export function checkName(what: string, name: string): void {
  if (!/^[A-Za-z0-9_][\w.-]*\$?$/.test(name)) throw accountRefusal(3, `invalid ${what} name '${name}'`);
}

/** What `groupmod` does: gives a group another number. */
export function changeGroup(tables: AccountTables, words: readonly string[]): void {
  const { options, operands } = readProgramWords(words, addOptions);
  const row = tables.group(operands[0] ?? '');
  const gid = options.get('gid');
  if (gid === undefined || gid === row[2]) return;
  checkId(tables, { gid, mayShare: options.has('non-unique') });
  const before = row[2];
  tables.set(row, 2, gid);
  for (const user of tables.rows('passwd')) if (user[3] === before) user[3] = gid;
}

/** What `groupdel` does. */
export function removeGroup(tables: AccountTables, words: readonly string[]): void {
  const { operands } = readProgramWords(words, { '-R': ['root', 'value'] });
  const [name = '', , gid] = tables.group(operands[0] ?? '');
  const user = tables.rows('passwd').find((row) => row[3] === gid);
  if (user !== undefined) throw accountRefusal(8, `cannot remove the primary group of user '${user[0]}'`);
  tables.remove('group', name);
  tables.remove('gshadow', name);
}

const memberOptions: OptionTable = {
  '-a': ['add', 'value'],
  '--add': ['add', 'value'],
  '-d': ['delete', 'value'],
  '--delete': ['delete', 'value'],
  '-M': ['members', 'value'],
  '--members': ['members', 'value'],
  '--root': ['root', 'value'],
};

/** What `gpasswd` does of members. */
export function changeMembers(tables: AccountTables, words: readonly string[]): void {
  const { options, operands } = readProgramWords(words, memberOptions);
  const row = tables.row('group', operands[0] ?? '');
  if (row === undefined) throw accountRefusal(3, `group '${operands[0]}' does not exist in /etc/group`);
  const [name = ''] = row;
  const added = options.get('add');
  const removed = options.get('delete');
  const members = options.get('members');
  if (added !== undefined) tables.setMembership(name, knownUser(tables, added), true);
  if (removed !== undefined) {
    if (!membersOf(row).includes(removed)) throw accountRefusal(3, `user '${removed}' is not a member of '${name}'`);
    tables.setMembership(name, removed, false);
  }
  if (members === undefined) return;
  const wanted = members.split(',').filter((one) => one !== '');
  for (const one of wanted) knownUser(tables, one);
  for (const one of membersOf(row)) if (!wanted.includes(one)) tables.setMembership(name, one, false);
  for (const one of wanted) tables.setMembership(name, one, true);
}

function knownUser(tables: AccountTables, name: string): string {
  if (tables.row('passwd', name) === undefined) throw accountRefusal(3, `user '${name}' does not exist`);
  return name;
}
