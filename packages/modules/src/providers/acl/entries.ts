import { AppError } from '@brine/common';
import { flag, lineText, withDefault, type ReadHost } from '../../kit/index.ts';
import { toolFailure } from '../commands/run-tool.ts';

/** The arguments of the `acl` states, but for `force`. */
export const entryArguments = {
  name: lineText().describe('Absolute path of the file or directory.'),
  acl_type: lineText().describe('user, group, mask or other; behind default: for what is made in a directory.'),
  acl_name: withDefault(lineText(), '').describe('The account or group; the owner unless given.'),
  perms: withDefault(lineText(), '').describe('What it may: letters of rwx.'),
  recurse: withDefault(flag(), false).describe('Whether everything below a directory is meant too.'),
};

/** An entry of a list: who, and what they may, as `rw-`. */
export interface AclEntry {
  readonly path: string;
  /** `user`, `group`, `mask` or `other`. */
  readonly type: string;
  readonly isDefault: boolean;
  /** Empty for the owner. */
  readonly name: string;
  readonly perms: string;
}

/** The type without `default:`, in full; `undefined` for one there is not. */
export function readType(text: string): { readonly type: string; readonly isDefault: boolean } | undefined {
  const [, isDefault, letter = ''] = /^(d:|default:)?(\w+)$/.exec(text) ?? [];
  const type = ['user', 'group', 'mask', 'other'].find((each) => each === letter || each.charAt(0) === letter);
  return type === undefined ? undefined : { type, isDefault: isDefault !== undefined };
}

/** The entries of a path, and with `recurse` of everything below. Throws `provider-missing` or `state-failed`. */
export async function readEntries(host: ReadHost, path: string, recurse: boolean): Promise<readonly AclEntry[]> {
  const command = ['getfacl', '--absolute-names', ...(recurse ? ['--recursive'] : []), '--', path];
  const result = await host.inspect({ command, timeout: 300_000 });
  if (result.exitCode === 127) throw new AppError({ code: 'provider-missing', message: 'getfacl is not installed' });
  if (result.exitCode !== 0) throw toolFailure(command, result);
  let file = path;
  return result.stdout.split('\n').flatMap((line) => {
    file = /^# file: (.*)$/.exec(line)?.[1] ?? file;
    const [, isDefault, type = '', name = '', perms = ''] = /^(default:)?(\w+):([^:]*):([rwxXst-]{3})/.exec(line) ?? [];
    return type === '' ? [] : [{ path: file, type, isDefault: isDefault !== undefined, name, perms }];
  });
}

/** Letters as getfacl writes them: `rx` is `r-x`. */
export function normalPerms(letters: string): string {
  return ['r', 'w', 'x'].map((letter) => (letters.includes(letter) ? letter : '-')).join('');
}
