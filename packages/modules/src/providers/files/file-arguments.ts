import {
  accountName,
  fileMode,
  flag,
  optional,
  text,
  withDefault,
  type StateContext,
  type Host,
} from '../../kit/index.ts';
import { fails, isOk } from '../../kit/index.ts';
import type { CheckOutcome } from '@brine/common';
import { manageFile } from './manage-file.ts';
import { isDirectory, isFile } from './paths.ts';

/** The arguments of `file.managed` that other states of a file take too. */
export const fileArguments = {
  user: optional(accountName()).describe('Owner of the file.'),
  group: optional(accountName()).describe('Group of the file.'),
  mode: optional(fileMode()).describe('Permission bits.'),
  makedirs: withDefault(flag(), false).describe('Makes missing parent directories.'),
  dir_mode: optional(fileMode()).describe('Mode of the directories makedirs makes.'),
  backup: optional(text()).describe('minion keeps a copy of the file before it is replaced.'),
  create: withDefault(flag(), true).describe('Whether a missing file is made.'),
  follow_symlinks: withDefault(flag(), true).describe('Whether a symbolic link is written through, or replaced.'),
  check_cmd: optional(text()).describe('Command that is given the new file before it is put in place.'),
  tmp_dir: withDefault(text(), '').describe('Where the file lies that check_cmd looks at.'),
  tmp_ext: withDefault(text(), '').describe('Ending of the name of the file that check_cmd looks at.'),
};

/** What of {@link fileArguments} a state was given. */
export interface FileWish {
  readonly name: string;
  readonly user: string | number | undefined;
  readonly group: string | number | undefined;
  readonly mode: number | undefined;
  readonly makedirs: boolean;
  readonly dir_mode: number | undefined;
  readonly backup: string | undefined;
  readonly create: boolean;
  readonly follow_symlinks: boolean;
  readonly check_cmd: string | undefined;
  readonly tmp_dir: string;
  readonly tmp_ext: string;
}

/** Why nothing can be done at a path, or that nothing has to be: the file is missing and not to be made. */
export async function checkFilePlace(
  { name, create }: FileWish,
  { host }: StateContext,
): Promise<CheckOutcome<Host> | undefined> {
  if (!name.startsWith('/')) return fails(`Specified file ${name} is not an absolute path`);
  if (await isDirectory(host, name)) return fails(`Specified target ${name} is a directory`);
  if (!create && !(await isFile(host, name))) return isOk(`File ${name} is not present and is not set for creation`);
  return undefined;
}

/** Compares owner and mode of a file, and its content when `bytes` are given. Diffs are not shown. */
export function keepFile(
  wish: FileWish,
  bytes: Uint8Array | undefined,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const content =
    bytes === undefined
      ? ({ origin: 'nothing', mode: wish.mode } as const)
      : ({ origin: 'contents', bytes, mode: wish.mode } as const);
  return manageFile({ ...wish, content, replace: bytes !== undefined, show_changes: false }, context);
}
