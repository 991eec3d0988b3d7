import { splitLines } from '../text/unified-diff.ts';

/** A line of a hosts file: an address with its names, or something else that stays as it is. */
export interface HostsLine {
  readonly raw: string;
  readonly address?: string;
  readonly names: readonly string[];
  readonly comment?: string;
}

/** Reads a hosts file. */
export function readHosts(text: string): readonly HostsLine[] {
  return splitLines(text).map((line) => {
    const raw = line.replace(/\r?\n$/, '');
    const [content = '', ...comment] = raw.split('#');
    const [address, ...names] = content.trim().split(/\s+/);
    if (address === undefined || address === '') return { raw, names: [] };
    const note = comment.join('#').trim();
    return { raw, address, names, ...(note === '' ? {} : { comment: note }) };
  });
}

/**
 * Writes a hosts file as Salt does: an address, two tabs, its names. Lines without an address stay as they are, and
 * with `keepsOthers` every line whose names are the same.
 */
export function writeHosts(lines: readonly HostsLine[], keepsOthers: boolean): string {
  const texts = lines.map((line) => {
    const { raw, address, names, comment } = line;
    if (address === undefined || (keepsOthers && isUnchanged(line))) return raw;
    return `${address}\t\t${names.join(' ')}${comment === undefined ? '' : `\t\t# ${comment}`}`;
  });
  return texts.map((line) => `${line}\n`).join('');
}

function isUnchanged({ raw, address, names, comment }: HostsLine): boolean {
  const [read] = readHosts(raw);
  return read?.address === address && read?.comment === comment && read?.names.join(' ') === names.join(' ');
}

/** The names an address has; `undefined` when it has no line. */
export function namesOf(lines: readonly HostsLine[], address: string): readonly string[] | undefined {
  const found = lines.filter((line) => line.address === address);
  return found.length === 0 ? undefined : found.flatMap((line) => line.names);
}

/** With a name given to an address, on its line if it has one. */
export function addName(lines: readonly HostsLine[], address: string, name: string): readonly HostsLine[] {
  const index = lines.findIndex((line) => line.address === address);
  const found = lines[index];
  if (found === undefined) return [...lines, { raw: '', address, names: [name] }];
  return lines.with(index, { ...found, names: [...found.names, name] });
}

/** Without a name of an address; a line that has no names left goes. */
export function removeName(lines: readonly HostsLine[], address: string, name: string): readonly HostsLine[] {
  const changed = lines.map((line) =>
    line.address === address ? { ...line, names: line.names.filter((one) => one !== name) } : line,
  );
  return changed.filter((line) => line.address === undefined || line.names.length > 0);
}

/** With a comment on the line of an address. */
export function setComment(lines: readonly HostsLine[], address: string, comment: string): readonly HostsLine[] {
  return lines.map((line) => (line.address === address ? { ...line, comment } : line));
}

/** With exactly these names on the first line of an address, or one behind all others, and no other line of it; without names, none. */
export function setNames(lines: readonly HostsLine[], address: string, names: readonly string[]): readonly HostsLine[] {
  const index = lines.findIndex((line) => line.address === address);
  if (names.length === 0) return lines.filter((line) => line.address !== address);
  const own = { raw: '', address, names };
  if (index < 0) return [...lines, own];
  return lines.with(index, own).filter((line, at) => at === index || line.address !== address);
}
