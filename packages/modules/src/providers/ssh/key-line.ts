/** A key as an authorized_keys file has it. */
export interface KeyLine {
  readonly options: readonly string[];
  /** As `ssh-ed25519`. */
  readonly type: string;
  readonly key: string;
  readonly comment: string;
}

const types = '(?:ssh|ecdsa|sk|rsa-sha2)-[\\w-]+(?:@openssh\\.com)?';

/** Reads a line of an authorized_keys file; `undefined` for what is no key. */
export function readKeyLine(line: string): KeyLine | undefined {
  const match = new RegExp(`^\\s*(?:(.*?)\\s+)?(${types})\\s+([A-Za-z0-9+/=]+)(?:\\s+(.*?))?\\s*$`).exec(line);
  if (match === null || line.trimStart().startsWith('#')) return undefined;
  const [, options = '', type = '', key = '', comment = ''] = match;
  return { options: splitOptions(options), type, key, comment };
}

/** Writes a key as a line, without a line break. */
export function writeKeyLine({ options, type, key, comment }: KeyLine): string {
  return [options.join(','), type, key, comment].filter((part) => part !== '').join(' ');
}

/** The text of an authorized_keys file with a key in it: the line of that key replaced, or one added. */
export function placeKeyLine(text: string, key: KeyLine): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const index = lines.findIndex((line) => readKeyLine(line)?.key === key.key);
  const all = index < 0 ? [...lines, writeKeyLine(key)] : lines.with(index, writeKeyLine(key));
  return all.map((line) => `${line}\n`).join('');
}

// Commas within quotes belong to an option's value.
function splitOptions(text: string): readonly string[] {
  return text.match(/(?:[^,"]|"(?:\\.|[^"\\])*")+/g) ?? [];
}

/** The full name of a key type that may be given short: `ed25519`, `rsa`, `ecdsa`. */
export function fullType(type: string): string {
  const short: Readonly<Record<string, string>> = {
    r: 'ssh-rsa',
    rsa: 'ssh-rsa',
    d: 'ssh-dss',
    dsa: 'ssh-dss',
    dss: 'ssh-dss',
    ed25519: 'ssh-ed25519',
    e: 'ecdsa-sha2-nistp256',
    ecdsa: 'ecdsa-sha2-nistp256',
  };
  return short[type] ?? type;
}

/** Whether a text, in full or short, names a type of key. */
export function isKeyType(type: string): boolean {
  return new RegExp(`^${types}$`).test(fullType(type));
}
