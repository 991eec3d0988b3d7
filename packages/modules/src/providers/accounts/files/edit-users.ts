import { accountRefusal } from './account-refusal.ts';
import { membersOf, type AccountTables, type Row } from './account-tables.ts';
import { checkName, writeGroup } from './edit-groups.ts';
import { lock, today, unlock } from './edit-shadow.ts';
import { readProgramWords, type OptionTable } from './program-words.ts';

/** What is to be done to folders once the files are written. */
export type HomeChange =
  | { readonly kind: 'make'; readonly home: string; readonly uid: number; readonly gid: number }
  | { readonly kind: 'give'; readonly home: string; readonly from: number; readonly to: number }
  | { readonly kind: 'move'; readonly home: string; readonly to: string }
  | { readonly kind: 'remove'; readonly home: string; readonly user: string; readonly uid: number };

const addOptions: OptionTable = {
  '-s': ['shell', 'value'],
  '--shell': ['shell', 'value'],
  '-u': ['uid', 'value'],
  '--uid': ['uid', 'value'],
  '-o': ['non-unique', 'flag'],
  '--non-unique': ['non-unique', 'flag'],
  '-g': ['gid', 'value'],
  '--gid': ['gid', 'value'],
  '-G': ['groups', 'value'],
  '--groups': ['groups', 'value'],
  '-d': ['home', 'value'],
  '--home-dir': ['home', 'value'],
  '-c': ['comment', 'value'],
  '--comment': ['comment', 'value'],
  '-m': ['create-home', 'flag'],
  '--create-home': ['create-home', 'flag'],
  '-M': ['no-create-home', 'flag'],
  '--no-create-home': ['no-create-home', 'flag'],
  '-r': ['system', 'flag'],
  '--system': ['system', 'flag'],
  '-N': ['no-user-group', 'flag'],
  '-U': ['user-group', 'flag'],
  // There are no files of logins to leave an account out of.
  '-l': ['no-log-init', 'flag'],
};

const usersGroup = '100';

/** What `useradd` does. */
export function addUser(tables: AccountTables, words: readonly string[]): readonly HomeChange[] {
  const { options, operands } = readProgramWords(words, addOptions);
  const [name = ''] = operands;
  checkName('user', name);
  refuseTaken(tables, name);
  const hasOwnGroup = !options.has('gid') && !options.has('no-user-group');
  if (hasOwnGroup && tables.row('group', name) !== undefined)
    throw accountRefusal(9, `group ${name} exists - if you want to add this user to that group, use -g.`);
  const uid = chooseUid(tables, options, hasOwnGroup);
  const groups = groupNames(tables, options.get('groups'));
  const gid = hasOwnGroup ? ownGroup(tables, name, uid) : primaryGroup(tables, options);
  const home = options.get('home') ?? `/home/${name}`;
  const shell = options.get('shell') ?? '/bin/sh';
  tables.add('passwd', [name, 'x', String(uid), gid, options.get('comment') ?? '', home, shell]);
  const aging = options.has('system') ? ['', '', ''] : ['0', '99999', '7'];
  tables.add('shadow', [name, '!', today(), ...aging, '', '', '']);
  for (const group of groups) tables.setMembership(group, name, true);
  return options.has('create-home') ? [{ kind: 'make', home, uid, gid: Number(gid) }] : [];
}

function refuseTaken(tables: AccountTables, name: string): void {
  if (tables.row('passwd', name) !== undefined) throw accountRefusal(9, `user '${name}' already exists`);
}

function chooseUid(tables: AccountTables, options: ReadonlyMap<string, string>, hasOwnGroup: boolean): number {
  const given = options.get('uid');
  if (given === undefined) return tables.freeId(options.has('system'), hasOwnGroup ? ['passwd', 'group'] : ['passwd']);
  return checkUid(tables, given, options.has('non-unique'));
}

function checkUid(tables: AccountTables, uid: string, mayShare: boolean): number {
  if (!/^\d{1,10}$/.test(uid)) throw accountRefusal(3, `invalid user ID '${uid}'`);
  if (!mayShare && tables.isTaken('passwd', Number(uid))) throw accountRefusal(4, `UID ${uid} is not unique`);
  return Number(uid);
}

function primaryGroup(tables: AccountTables, options: ReadonlyMap<string, string>): string {
  const gid = options.get('gid');
  return gid === undefined ? usersGroup : (tables.group(gid)[2] ?? '');
}

// The number of the user when it is free, as the shadow programs choose.
function ownGroup(tables: AccountTables, name: string, uid: number): string {
  const gid = tables.isTaken('group', uid) ? tables.freeId(uid < 1000, ['group']) : uid;
  writeGroup(tables, name, gid);
  return String(gid);
}

function groupNames(tables: AccountTables, list: string | undefined): readonly string[] {
  const keys = (list ?? '').split(',').filter((key) => key !== '');
  return keys.map((key) => tables.group(key)[0] ?? '');
}

const changeOptions: OptionTable = {
  '-u': ['uid', 'value'],
  '--uid': ['uid', 'value'],
  '-o': ['non-unique', 'flag'],
  '-g': ['gid', 'value'],
  '--gid': ['gid', 'value'],
  '-d': ['home', 'value'],
  '--home': ['home', 'value'],
  '--move-home': ['move-home', 'flag'],
  '-s': ['shell', 'value'],
  '--shell': ['shell', 'value'],
  '-c': ['comment', 'value'],
  '--comment': ['comment', 'value'],
  '--login': ['login', 'value'],
  '-G': ['groups', 'value'],
  '--groups': ['groups', 'value'],
  '-a': ['append', 'flag'],
  '--append': ['append', 'flag'],
  '-L': ['lock', 'flag'],
  '-U': ['unlock', 'flag'],
};

/** What `usermod` does. */
export function changeUser(tables: AccountTables, words: readonly string[]): readonly HomeChange[] {
  const { options, operands } = readProgramWords(words, changeOptions);
  const [name = ''] = operands;
  const row = tables.user(name);
  const [, , , , , home = ''] = row;
  const changes = [...changeUid(tables, row, options), ...moveOf(home, options)];
  const gid = options.get('gid');
  if (gid !== undefined) tables.set(row, 3, tables.group(gid)[2] ?? '');
  for (const [option, field] of [
    ['comment', 4],
    ['home', 5],
    ['shell', 6],
  ] as const)
    tables.set(row, field, options.get(option) ?? row[field] ?? '');
  changeGroups(tables, name, options);
  changeLock(tables, name, options);
  renameUser(tables, name, options.get('login') ?? name);
  return changes;
}

function changeUid(tables: AccountTables, row: Row, options: ReadonlyMap<string, string>): readonly HomeChange[] {
  const [, , before = '', , , home = ''] = row;
  const uid = options.get('uid') ?? before;
  if (uid === before) return [];
  const to = checkUid(tables, uid, options.has('non-unique'));
  tables.set(row, 2, uid);
  return [{ kind: 'give', home, from: Number(before), to }];
}

function moveOf(home: string, options: ReadonlyMap<string, string>): readonly HomeChange[] {
  const to = options.get('home') ?? home;
  return to === home || !options.has('move-home') ? [] : [{ kind: 'move', home, to }];
}

function changeGroups(tables: AccountTables, name: string, options: ReadonlyMap<string, string>): void {
  const list = options.get('groups');
  if (list === undefined) return;
  const wanted = groupNames(tables, list);
  if (!options.has('append'))
    for (const row of tables.rows('group'))
      if (membersOf(row).includes(name) && !wanted.includes(row[0] ?? ''))
        tables.setMembership(row[0] ?? '', name, false);
  for (const group of wanted) tables.setMembership(group, name, true);
}

function changeLock(tables: AccountTables, name: string, options: ReadonlyMap<string, string>): void {
  const row = tables.row('shadow', name);
  if (row === undefined) return;
  if (options.has('lock')) lock(row);
  if (options.has('unlock')) unlock(row);
}

function renameUser(tables: AccountTables, name: string, login: string): void {
  if (login === name) return;
  checkName('user', login);
  refuseTaken(tables, login);
  for (const row of tables.rows('group')) {
    const group = row[0] ?? '';
    if (!membersOf(row).includes(name)) continue;
    tables.setMembership(group, name, false);
    tables.setMembership(group, login, true);
  }
  for (const table of ['passwd', 'shadow'] as const) {
    const row = tables.row(table, name);
    if (row !== undefined) row[0] = login;
  }
}

/** What `userdel` does. */
export function removeUser(tables: AccountTables, words: readonly string[]): readonly HomeChange[] {
  const { options, operands } = readProgramWords(words, {
    '-r': ['remove', 'flag'],
    '--remove': ['remove', 'flag'],
    '-f': ['force', 'flag'],
    '--force': ['force', 'flag'],
  });
  const [name = ''] = operands;
  const [, , uid, gid, , home = ''] = tables.user(name);
  tables.remove('passwd', name);
  tables.remove('shadow', name);
  for (const row of tables.rows('group')) tables.setMembership(row[0] ?? '', name, false);
  const own = tables.row('group', name);
  const isLeft = own?.[2] === gid && own !== undefined && membersOf(own).length === 0;
  if (isLeft && !tables.rows('passwd').some((row) => row[3] === gid)) {
    tables.remove('group', name);
    tables.remove('gshadow', name);
  }
  return options.has('remove') ? [{ kind: 'remove', home, user: name, uid: Number(uid) }] : [];
}
