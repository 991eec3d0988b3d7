import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { entryArguments, readEntries, readType, type AclEntry } from './entries.ts';

const { name, acl_type: type, recurse } = entryArguments;

/** The arguments of the `acl` states of several accounts. */
export const listArguments = { name, acl_type: type, recurse };

/** What a path and those below it have for accounts named. */
export interface NamedEntries {
  /** Those of one type that name an account. */
  readonly entries: readonly AclEntry[];
  readonly paths: readonly string[];
  /** How setfacl writes the type: `user`, `default:group`. */
  readonly prefix: string;
}

/** Reads the entries of one type. */
export async function findNamed(
  host: ReadHost,
  wish: {
    readonly name: string;
    readonly acl_type: string;
    readonly recurse: boolean;
    readonly acl_names: readonly string[];
  },
): Promise<NamedEntries | { readonly refusal: string }> {
  if ((await host.files.stat(wish.name, { follow: true })) === undefined)
    return { refusal: `${wish.name} does not exist` };
  const kind = readType(wish.acl_type);
  if (kind === undefined) return { refusal: 'ACL Type does not exist' };
  const bad = wish.acl_names.find((one) => !/^[\w.@\\-]+$/.test(one));
  if (bad !== undefined) return { refusal: `The name ${bad} cannot be that of an account` };
  const all = await readEntries(host, wish.name, wish.recurse);
  const paths = all.filter((entry) => !kind.isDefault || entry.isDefault || entry.path === wish.name);
  return {
    entries: all.filter((one) => one.type === kind.type && one.isDefault === kind.isDefault && one.name !== ''),
    paths: [...new Set(paths.map(({ path }) => path))],
    prefix: `${kind.isDefault ? 'default:' : ''}${kind.type}`,
  };
}

/** Has setfacl change entries. */
export async function setEntries(
  machine: Host,
  work: {
    readonly path: string;
    readonly recurse: boolean;
    readonly wipes: boolean;
    readonly option: '-m' | '-x';
    readonly rules: readonly string[];
  },
): Promise<void> {
  const depth = work.recurse ? ['-R'] : [];
  if (work.wipes) await runTool(machine, ['setfacl', ...depth, '-b', '--', work.path]);
  await runTool(machine, ['setfacl', ...depth, work.option, work.rules.join(','), '--', work.path]);
}
