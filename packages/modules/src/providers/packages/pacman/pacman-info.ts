import type { PackageDetails } from '../package-manager.ts';

/** Reads what `pacman -Qi` prints: the fields of each package. */
export function readPacmanInfo(output: string): readonly ReadonlyMap<string, string>[] {
  return output
    .split(/\n\n+/)
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const fields = new Map<string, string>();
      let last = '';
      for (const line of block.split('\n')) {
        const [, key, value = ''] = /^(\S[^:]*?)\s*: ?(.*)$/.exec(line) ?? [];
        if (key !== undefined) fields.set((last = key), value);
        else if (/^\s/.test(line)) fields.set(last, `${fields.get(last) ?? ''} ${line.trim()}`);
      }
      return fields;
    });
}

/** The words of a field; none when it says `None`. */
export function listOf(value: string | undefined): readonly string[] {
  return value === undefined || value === 'None' ? [] : value.split(/\s+/).filter((word) => word !== '');
}

// Salt's name of a detail → pacman's field.
const fields: Readonly<Record<string, string>> = {
  version: 'Version',
  arch: 'Architecture',
  summary: 'Description',
  url: 'URL',
  license: 'Licenses',
  group: 'Groups',
  size: 'Installed Size',
  packager: 'Packager',
  build_date: 'Build Date',
  install_date: 'Install Date',
};

/** The details of packages under Salt's names. */
export function pacmanDetails(output: string): ReadonlyMap<string, readonly PackageDetails[]> {
  return new Map(
    readPacmanInfo(output).map((info) => {
      const known = Object.entries(fields).flatMap(([name, field]): [string, string][] => {
        const value = info.get(field);
        return value === undefined || value === 'None' ? [] : [[name, value]];
      });
      return [info.get('Name') ?? '', [Object.fromEntries(known)]];
    }),
  );
}
