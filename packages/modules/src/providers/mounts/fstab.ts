/** A line of `/etc/fstab`. */
export interface FstabEntry {
  readonly device: string;
  readonly name: string;
  readonly type: string;
  readonly options: string;
  readonly dump: string;
  readonly pass: string;
}

/** Reads a line of a mount table, with its blanks in names written as `\040`; `undefined` for anything else. */
export function readFstabLine(line: string): FstabEntry | undefined {
  const [device, name, type, options = 'defaults', dump = '0', pass = '0'] = line.trim().split(/\s+/);
  if (device === undefined || device.startsWith('#') || name === undefined || type === undefined) return undefined;
  return { device: unescape(device), name: unescape(name), type, options, dump, pass };
}

/** Writes a line, in Salt's form: parts separated by tabs. */
export function writeFstabLine({ device, name, type, options, dump, pass }: FstabEntry): string {
  return [escape(device), escape(name), type, options, dump, pass].join('\t');
}

/** A table with an entry set: the line of its mount point replaced, or one added. */
export function setFstabEntry(text: string, entry: FstabEntry): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const index = lines.findIndex((line) => isSame(line, entry));
  const line = writeFstabLine(entry);
  return [...(index < 0 ? [...lines, line] : lines.with(index, line)), ''].join('\n');
}

/** A table without the entries of a mount point. */
export function removeFstabEntry(text: string, entry: Pick<FstabEntry, 'name' | 'device' | 'type'>): string {
  return text
    .split('\n')
    .filter((line) => !isSame(line, entry))
    .join('\n');
}

// Swap has no mount point, so its device tells entries apart.
function isSame(line: string, entry: Pick<FstabEntry, 'name' | 'device' | 'type'>): boolean {
  const found = readFstabLine(line);
  if (found === undefined) return false;
  return entry.type === 'swap' ? found.device === entry.device : found.name === entry.name;
}

function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function escape(text: string): string {
  return text.replace(/[ \t\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
