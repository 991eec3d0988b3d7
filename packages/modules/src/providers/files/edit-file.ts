import { isAppError, type CheckOutcome } from '@brine/common';
import { fails, isOk, willChange, type FileStat, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { isText } from '../text/is-text.ts';
import { splitLines, unifiedDiff } from '../text/unified-diff.ts';
import { ownershipChanges, toAttributes, type Ownership } from './ownership.ts';
import { expandHome } from './paths.ts';

/** A change to the text of a file that exists. */
export interface FileEdit {
  readonly name: string;
  /** The new text, or its lines as a diff is to show them; throws an AppError when it cannot be made. */
  readonly edit: (text: string) => string | readonly string[];
  /** Ending of the name under which the old file is kept; none keeps nothing. */
  readonly backup: string | undefined;
  readonly show_changes: boolean;
  readonly words: EditWords;
  /** Owner, group and mode the file is to have. */
  readonly ownership?: Ownership;
  /** The comment when the file is missing and that is well. */
  readonly missing?: string | undefined;
}

/** What an edit is called before, after and when there is nothing to do. */
export interface EditWords {
  readonly pending: string;
  readonly done: string;
  readonly none: string;
  /** What goes before the reason when the text cannot be made. */
  readonly failed?: (reason: string) => string;
}

/** Compares a file's text with the edited one. */
export async function editFile(edit: FileEdit, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const name = await expandHome(host, edit.name);
  const opened = await openText(host, name);
  if (typeof opened === 'string')
    return edit.missing !== undefined && opened.endsWith('file not found') ? isOk(edit.missing) : fails(opened);
  const { text, path, stat } = opened;
  const lines = tryEdit(edit, text);
  if ('reason' in lines) return fails(lines.reason);
  const edited = lines.join('');
  const { ownership = {} } = edit;
  const owner = await ownershipChanges(host, stat, ownership);
  const isOther = edited !== text;
  if (!isOther && Object.keys(owner).length === 0) return isOk(edit.words.none);
  const diff = edit.show_changes ? unifiedDiff(splitLines(text), lines).join('') : true;
  const changes = { ...(isOther ? { diff } : {}), ...owner };
  return willChange({ comment: edit.words.pending, changes }, (machine) =>
    attempt('', async () => {
      if (Object.keys(owner).length > 0)
        await machine.files.setAttributes(path, await toAttributes(machine, ownership));
      if (isOther) await keepCopy(machine, path, edit.backup);
      if (isOther) await machine.files.write(path, Buffer.from(edited));
      return { comment: edit.words.done, changes };
    }),
  );
}

/** The text of a file and its real path; a text says why there is none. */
export async function openText(
  host: StateContext['host'],
  name: string,
): Promise<{ readonly text: string; readonly path: string; readonly stat: FileStat } | string> {
  if (!name.startsWith('/')) return `Specified file ${name} is not an absolute path`;
  const stat = await host.files.stat(name, { follow: true });
  if (stat === undefined) return `${name}: file not found`;
  if (stat.kind !== 'file') return `${name} is not a file`;
  const bytes = (await host.files.read(name)) ?? new Uint8Array();
  if (!isText(bytes)) return `Cannot perform string replacements on a binary file: ${name}`;
  return { text: Buffer.from(bytes).toString('utf8'), path: (await host.files.realPath(name)) ?? name, stat };
}

function tryEdit(edit: FileEdit, text: string): readonly string[] | { readonly reason: string } {
  try {
    const edited = edit.edit(text);
    return typeof edited === 'string' ? splitLines(edited) : edited;
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { reason: edit.words.failed?.(caught.message) ?? caught.message };
  }
}

/** Keeps the old content of a file beside it, with its owner and mode. */
export async function keepCopy(machine: Host, path: string, ending: string | undefined): Promise<void> {
  const stat = await machine.files.stat(path);
  if (ending === undefined || ending === '' || stat === undefined) return;
  await machine.files.writeCopy(path + ending, path, { mode: stat.mode, uid: stat.uid, gid: stat.gid });
}
