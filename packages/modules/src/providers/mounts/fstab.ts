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
  return { device: unescapeField(device), name: unescapeField(name), type, options, dump, pass };
}

/** Writes a line in the form Salt gives it. */
export function writeFstabLine({ device, name, type, options, dump, pass }: FstabEntry): string {
  return `${escape(device)}\t\t${escape(name)}\t${type}\t${options}\t${dump} ${pass}`;
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

/** A field of a mount table with its blanks back: `\\040` stands for one. */
export function unescapeField(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function escape(text: string): string {
  return text.replace(/[ \t\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
