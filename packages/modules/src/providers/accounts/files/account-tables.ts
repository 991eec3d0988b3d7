import type { Host } from '../../../kit/index.ts';
import { accountRefusal } from './account-refusal.ts';

/** A line of one of the files, by its fields. */
export type Row = string[];

const places = { group: '/etc/group', gshadow: '/etc/gshadow', shadow: '/etc/shadow', passwd: '/etc/passwd' } as const;
type TableName = keyof typeof places;

/** The files that hold accounts and groups, as lines that may be changed and are then saved. */
export class AccountTables {
  readonly #machine: Pick<Host, 'files'>;
  readonly #root: string;
  readonly #rows: Map<TableName, Row[]>;
  readonly #texts: ReadonlyMap<TableName, string>;

  private constructor(machine: Pick<Host, 'files'>, root: string, texts: ReadonlyMap<TableName, string>) {
    this.#machine = machine;
    this.#root = root;
    this.#texts = texts;
    this.#rows = new Map([...texts].map(([name, text]) => [name, rowsOf(text)]));
  }

  /** Reads the files below a root (`''` for this machine's own). What does not exist has no lines and is not made. */
  static async load(machine: Pick<Host, 'files'>, root: string): Promise<AccountTables> {
    const texts = new Map<TableName, string>();
    for (const [name, place] of Object.entries(places) as [TableName, string][]) {
      const bytes = await machine.files.read(root + place);
      if (bytes !== undefined) texts.set(name, Buffer.from(bytes).toString('utf8'));
    }
    return new AccountTables(machine, root, texts);
  }

  /** Writes what changed: groups first, so that an account is there only when all of it is. */
  async save(): Promise<void> {
    for (const [name, rows] of this.#rows) {
      const text = rows.map((row) => `${row.join(':')}\n`).join('');
      if (text === this.#texts.get(name)) continue;
      await this.#machine.files.write(this.#root + places[name], Buffer.from(text));
    }
  }

  rows(name: TableName): readonly Row[] {
    return this.#rows.get(name) ?? [];
  }

  row(name: TableName, key: string): Row | undefined {
    return this.rows(name).find(([first]) => first === key);
  }

  /** The line of a user. Refuses with status 6 when there is none. */
  user(name: string): Row {
    const row = this.row('passwd', name);
    if (row === undefined) throw accountRefusal(6, `user '${name}' does not exist`);
    return row;
  }

  /** The line of a group, by its name or number. Refuses with status 6 when there is none. */
  group(key: string): Row {
    const row = this.row('group', key) ?? this.rows('group').find((each) => each[2] === key);
    if (row === undefined) throw accountRefusal(6, `group '${key}' does not exist`);
    return row;
  }

  add(name: TableName, row: readonly string[]): void {
    const odd = row.find((field) => /[:\n\0]/.test(field));
    if (odd !== undefined) throw accountRefusal(3, `invalid field '${odd}'`);
    this.#rows.get(name)?.push([...row]);
  }

  /** Replaces a field of a line. */
  set(row: Row, field: number, value: string): void {
    if (/[:\n\0]/.test(value)) throw accountRefusal(3, `invalid field '${value}'`);
    row[field] = value;
  }

  remove(name: TableName, key: string): void {
    const rows = this.#rows.get(name);
    if (rows !== undefined)
      this.#rows.set(
        name,
        rows.filter(([first]) => first !== key),
      );
  }

  isTaken(name: 'passwd' | 'group', id: number): boolean {
    return this.rows(name).some((row) => row[2] === String(id));
  }

  /** The lowest number that is free, as busybox chooses. */
  freeId(isSystem: boolean, tables: readonly ('passwd' | 'group')[]): number {
    const [first, last] = isSystem ? [100, 999] : [1000, 59_999];
    for (let id = first; id <= last; id += 1) if (!tables.some((name) => this.isTaken(name, id))) return id;
    throw accountRefusal(4, `no number between ${first} and ${last} is free`);
  }

  /** Makes somebody a member of a group, or none; in both files of groups. */
  setMembership(group: string, user: string, isMember: boolean): void {
    for (const name of ['group', 'gshadow'] as const) {
      const row = this.row(name, group);
      if (row === undefined) continue;
      const others = membersOf(row).filter((one) => one !== user);
      const isThere = others.length < membersOf(row).length;
      if (isThere !== isMember) row[3] = (isMember ? [...others, user] : others).join(',');
    }
  }
}

/** The members a line of a group names. */
export function membersOf(row: Row): readonly string[] {
  return (row[3] ?? '').split(',').filter((name) => name !== '');
}

function rowsOf(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
}
