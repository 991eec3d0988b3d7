import type { ReadHost } from '../../kit/index.ts';

/** The list `locale-gen` makes locales from. */
export const localeList = '/etc/locale.gen';

/** The locales glibc has, in the normal form of {@link normalLocale}. */
export async function madeLocales(host: ReadHost): Promise<ReadonlySet<string>> {
  const { stdout } = await host.inspect({ command: ['locale', '-a'], timeout: 30_000 });
  return new Set(stdout.split('\n').map(normalLocale));
}

/** A locale's name as its spellings agree on it: `en_US.UTF-8 UTF-8` and `en_US.utf8` are the same one. */
export function normalLocale(name: string): string {
  const [first = ''] = name.trim().split(/\s+/);
  const [, language = '', charset = '', modifier = ''] = /^([^.@]*)(?:\.([^@]*))?(@.*)?$/.exec(first) ?? [];
  return `${language}.${charset.toLowerCase().replaceAll('-', '')}${modifier}`;
}

/** The line of the list for a locale: its name and character set. */
export function localeLine(name: string): string {
  const [locale = '', charset] = name.trim().split(/\s+/);
  return `${locale} ${charset ?? /\.([^@]+)/.exec(locale)?.[1] ?? 'ISO-8859-1'}`;
}

/** The list with a locale in force: its line uncommented, or added. */
export function enableLocale(text: string, line: string): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const bare = (one: string): string => one.replace(/^[#\s]+/, '').trim();
  const index = lines.findIndex((one) => bare(one) === line);
  return [...(index < 0 ? [...lines, line] : lines.with(index, line)), ''].join('\n');
}
