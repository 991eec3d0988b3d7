import { AppError } from '@brine/common';
import type { Host, ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { isFile } from '../files/paths.ts';

// Where distributions keep the locale of the system, the first one there is being meant.
const localeFiles = ['/etc/default/locale', '/etc/locale.conf', '/etc/sysconfig/i18n'];

/** The locale of the system, e.g. `en_US.UTF-8`; empty when none is set. */
export async function readSystemLocale(host: ReadHost): Promise<string> {
  const text = Buffer.from((await host.files.read(await localeFile(host))) ?? '').toString('utf8');
  const line = text.split('\n').find((one) => one.startsWith('LANG='));
  return line === undefined ? '' : line.slice('LANG='.length).trim().replaceAll('"', '');
}

/** Sets the locale of the system; what else its file says stays. */
export async function writeSystemLocale(machine: Host, locale: string): Promise<void> {
  const path = await localeFile(machine);
  const text = Buffer.from((await machine.files.read(path)) ?? '').toString('utf8');
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const index = lines.findIndex((line) => line.startsWith('LANG='));
  const line = `LANG="${locale}"`;
  const edited = index < 0 ? [...lines, line] : lines.with(index, line);
  await machine.files.write(path, Buffer.from(edited.map((one) => `${one}\n`).join('')));
}

async function localeFile(host: ReadHost): Promise<string> {
  for (const path of localeFiles) if (await isFile(host, path)) return path;
  return (await isFile(host, '/etc/debian_version')) ? '/etc/default/locale' : '/etc/locale.conf';
}

/** The locales that programs can use. */
export async function listLocales(host: ReadHost): Promise<readonly string[]> {
  const { stdout } = await host.inspect({ command: ['locale', '-a'], timeout: 30_000 });
  return stdout.split('\n').filter((line) => line !== '');
}

/** A locale with its character set written in one way, as locales are compared: `en_US.utf8`. */
export function plainLocale(locale: string): string {
  const [, language = locale, charset = '', modifier = ''] = /^([^.@\s]*)(?:\.([^@\s]*))?(@\S*)?/.exec(locale) ?? [];
  const plain = charset.replaceAll('-', '').toLowerCase();
  return `${language}${plain === '' ? '' : `.${plain}`}${modifier}`;
}

/** Whether programs can use a locale. */
export async function isLocaleAvailable(host: ReadHost, locale: string): Promise<boolean> {
  return (await listLocales(host)).some((one) => plainLocale(one) === plainLocale(locale));
}

/** Whether a text can be a locale: `de_DE.UTF-8@euro`, also with its character set behind a blank. */
export function isLocaleName(text: string): boolean {
  return /^[A-Za-z]\w*(\.[\w-]+)?(@\w+)?( [\w-]+)?$/.test(text);
}

const genFile = '/etc/locale.gen';
const supportedFile = '/usr/share/i18n/SUPPORTED';

/** Makes a locale for programs to use. Throws `provider-missing` or `state-failed`. */
export async function generateLocale(machine: Host, locale: string): Promise<void> {
  if ((await machine.which('locale-gen')) !== undefined && (await isFile(machine, genFile))) {
    await selectLocale(machine, await wholeName(machine, locale));
    await runTool(machine, ['locale-gen']);
    return;
  }
  if ((await machine.which('localedef')) === undefined)
    throw new AppError({ code: 'provider-missing', message: 'neither locale-gen nor localedef is on this minion' });
  const [name = ''] = locale.split(' ');
  const [, language = name, charset = 'UTF-8', modifier = ''] = /^([^.@]*)(?:\.([^@]*))?(@.*)?$/.exec(name) ?? [];
  await runTool(machine, ['localedef', '--force', '--quiet', '-i', language + modifier, '-f', charset, name]);
}

// The file wants the character set again behind a blank; what is supported tells it.
async function wholeName(host: ReadHost, locale: string): Promise<string> {
  if (locale.includes(' ')) return locale;
  const supported = Buffer.from((await host.files.read(supportedFile)) ?? '')
    .toString('utf8')
    .split('\n');
  const found = supported.find((line) => plainLocale(line) === plainLocale(locale));
  if (found !== undefined) return found.trim();
  throw new AppError({ code: 'state-failed', message: `${locale} is not among the locales in ${supportedFile}` });
}

async function selectLocale(machine: Host, line: string): Promise<void> {
  const text = Buffer.from((await machine.files.read(genFile)) ?? '').toString('utf8');
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  if (lines.some((one) => one.trim() === line)) return;
  const index = lines.findIndex((one) => one.replace(/^\s*#\s*/, '').trim() === line);
  const edited = index < 0 ? [...lines, line] : lines.with(index, line);
  await machine.files.write(genFile, Buffer.from(edited.map((one) => `${one}\n`).join('')));
}
