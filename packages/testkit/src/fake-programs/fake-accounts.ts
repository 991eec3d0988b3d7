import type { FakeHost, FakeProgram } from '../fake-host/fake-host.ts';

type Row = readonly string[];

/** The programs that change accounts, working on `/etc/passwd`, `/etc/group` and `/etc/shadow` of a fake machine. */
export const fakeAccounts: Readonly<Record<string, FakeProgram>> = {
  useradd,
  usermod,
  userdel: async (args, machine) => {
    const name = args.at(-1) ?? '';
    const home = (await machine.account(name))?.home ?? '';
    for (const file of ['passwd', 'shadow']) await edit(machine, file, (rows) => rows.filter(([one]) => one !== name));
    await edit(machine, 'group', (rows) =>
      rows
        .filter(([one]) => one !== name)
        .map((row) => withMembers(row, (members) => members.filter((m) => m !== name))),
    );
    if (args.includes('-r') && (await machine.files.stat(home)) !== undefined)
      await machine.files.remove(home, { recursive: true });
    return '';
  },
  groupadd: async (args, machine) => {
    await edit(machine, 'group', (rows) => [...rows, [args.at(-1) ?? '', 'x', option(args, '-g') ?? '1000', '']]);
    return '';
  },
  groupmod: async (args, machine) => {
    await editRow(machine, { file: 'group', name: args.at(-1) ?? '', column: 2, value: option(args, '-g') });
    return '';
  },
  groupdel: async (args, machine) => {
    await edit(machine, 'group', (rows) => rows.filter(([name]) => name !== args.at(-1)));
    return '';
  },
  gpasswd: async ([flag, members = '', name], machine) => {
    await edit(machine, 'group', (rows) =>
      rows.map((row) => (row[0] === name ? withMembers(row, (old) => changeMembers(old, flag, members)) : row)),
    );
    return '';
  },
  chpasswd: async (_, machine, { input }) => {
    const [name = '', hash = ''] = String(input ?? '')
      .trim()
      .split(':');
    await editRow(machine, { file: 'shadow', name, column: 1, value: hash });
    return '';
  },
  passwd: async (args, machine) => {
    await editRow(machine, { file: 'shadow', name: args.at(-1) ?? '', column: 1, value: '' });
    return '';
  },
  chage: async ([flag = '', value, name = ''], machine) => {
    const column = { '-d': 2, '-m': 3, '-M': 4, '-W': 5, '-I': 6, '-E': 7 }[flag] ?? 8;
    await editRow(machine, { file: 'shadow', name, column, value });
    return '';
  },
};

function option(args: Row, flag: string): string | undefined {
  return args.includes(flag) ? args[args.indexOf(flag) + 1] : undefined;
}

async function edit(machine: FakeHost, file: string, change: (rows: readonly Row[]) => readonly Row[]): Promise<void> {
  const path = `/etc/${file}`;
  const text = Buffer.from((await machine.files.read(path)) ?? '').toString('utf8');
  const rows = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
  await machine.files.write(
    path,
    Buffer.from(
      change(rows)
        .map((row) => `${row.join(':')}\n`)
        .join(''),
    ),
  );
}

async function editRow(
  machine: FakeHost,
  change: { readonly file: string; readonly name: string; readonly column: number; readonly value: string | undefined },
): Promise<void> {
  const { file, name, column, value } = change;
  if (value === undefined) return;
  await edit(machine, file, (rows) => rows.map((row) => (row[0] === name ? row.with(column, value) : row)));
}

function withMembers(row: Row, change: (members: readonly string[]) => readonly string[]): Row {
  return row.with(3, change((row[3] ?? '').split(',').filter((one) => one !== '')).join(','));
}

function changeMembers(old: readonly string[], flag: string | undefined, members: string): readonly string[] {
  if (flag === '-a') return [...old, members];
  if (flag === '-d') return old.filter((one) => one !== members);
  return members.split(',').filter((one) => one !== '');
}

async function useradd(args: Row, machine: FakeHost): Promise<string> {
  const name = args.at(-1) ?? '';
  const uid = option(args, '-u') ?? '1000';
  const gid = option(args, '-g') ?? uid;
  const home = option(args, '-d') ?? `/home/${name}`;
  const row = [name, 'x', uid, gid, option(args, '-c') ?? '', home, option(args, '-s') ?? '/bin/sh'];
  if (option(args, '-g') === undefined) await edit(machine, 'group', (rows) => [...rows, [name, 'x', gid, '']]);
  await edit(machine, 'passwd', (rows) => [...rows, row]);
  await edit(machine, 'shadow', (rows) => [...rows, [name, '!', '19000', '0', '99999', '7', '', '', '']]);
  await setGroups(machine, name, option(args, '-G'));
  if (args.includes('-m')) await machine.files.makeDirectory(home, { parents: true, uid: Number(uid) });
  return '';
}

async function usermod(args: Row, machine: FakeHost): Promise<string> {
  const name = args.at(-1) ?? '';
  const columns = { '-u': 2, '-g': 3, '-c': 4, '-d': 5, '-s': 6 };
  for (const [flag, column] of Object.entries(columns))
    await editRow(machine, { file: 'passwd', name, column, value: option(args, flag) });
  await setGroups(machine, name, option(args, '-G'), args.includes('-a'));
  const lock = (row: Row): Row =>
    row.with(1, args.includes('-L') ? `!${row[1] ?? ''}` : (row[1] ?? '').replace(/^!/, ''));
  if (args.includes('-L') || args.includes('-U'))
    await edit(machine, 'shadow', (rows) => rows.map((row) => (row[0] === name ? lock(row) : row)));
  return '';
}

async function setGroups(machine: FakeHost, name: string, groups: string | undefined, adds = false): Promise<void> {
  if (groups === undefined) return;
  const wanted = groups.split(',');
  const change = (row: Row): Row =>
    withMembers(row, (members) => {
      const others = members.filter((one) => one !== name);
      const isMember = wanted.includes(row[0] ?? '') || (adds && members.includes(name));
      return isMember ? [...others, name] : others;
    });
  await edit(machine, 'group', (rows) => rows.map(change));
}
