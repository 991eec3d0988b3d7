import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withSaltfile } from './saltfile.ts';

const option = (flags: string, short?: string): { flags: string; short: string | undefined; required: boolean } => ({
  ...{ flags, short },
  required: flags.includes('<'),
});
const command = {
  options: [
    option('-c, --config-dir <dir>', '-c'),
    option('--out, --output <name>'),
    option('-s, --static', '-s'),
    option('--no-color, --no-colour'),
    option('-m, --module-dirs <dir>', '-m'),
    option('-T, --make-token', '-T'),
    option('--show-timeout'),
    option('--hide-timeout'),
  ],
};

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'brine-saltfile-'));
  home = join(folder, 'home');
  mkdirSync(join(home, '.salt'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function wordsWith(words: readonly string[], environment = {}): Promise<readonly string[]> {
  return withSaltfile(words, 'salt', command, { environment, folder, home });
}

describe('a Saltfile', () => {
  it('is none that changes anything when there is none', async () => {
    expect(await wordsWith(['*', 'test.ping'])).toEqual(['*', 'test.ping']);
  });

  it('puts the options of the program before those that were typed', async () => {
    const text =
      'salt:\n  output: json\n  config_dir: /c\n  static: true\n  mktoken: false\n  no_color: true\nsalt-run: {x: 1}\n';
    writeFileSync(join(folder, 'Saltfile'), text);
    expect(await wordsWith(['--output', 'raw', '*'])).toEqual([
      ...['--out=json', '--config-dir=/c', '--static', '--no-color'],
      ...['--output', 'raw', '*'],
    ]);
  });

  it('gives options that may be repeated once for each of a list, and knows what turns one off', async () => {
    writeFileSync(join(folder, 'Saltfile'), 'salt:\n  module_dirs: [/a, /b]\n  show_timeout: false\n');
    expect(await wordsWith(['*'])).toEqual(['--module-dirs=/a', '--module-dirs=/b', '--hide-timeout', '*']);
  });

  it('is the one that is named, else that of the environment, else the one here, else the one at home', async () => {
    writeFileSync(join(home, '.salt', 'Saltfile'), 'salt: {output: home}\n');
    expect(await wordsWith(['*'])).toEqual(['--out=home', '*']);
    writeFileSync(join(folder, 'Saltfile'), 'salt: {output: here}\n');
    expect(await wordsWith(['*'])).toEqual(['--out=here', '*']);
    writeFileSync(join(folder, 'other'), 'salt: {output: environment}\n');
    expect(await wordsWith(['*'], { SALT_SALTFILE: 'other' })).toEqual(['--out=environment', '*']);
    writeFileSync(join(folder, 'named'), 'salt: {output: named}\n');
    expect(await wordsWith(['--saltfile=named', '*'], { SALT_SALTFILE: 'other' })).toEqual([
      ...['--out=named', '--saltfile=named', '*'],
    ]);
  });

  it.each([
    ['salt: {ouput: json}\n', /Saltfile: salt has no option 'ouput'; did you mean 'output'\?$/],
    ['salt: {static: 7}\n', /Saltfile: static of salt is true or false$/],
    ['salt: json\n', /Saltfile: what stands under salt is a mapping of options to values$/],
    ['- salt\n', /Saltfile is a mapping of programs to their options$/],
    ['salt: [\n', /the Saltfile cannot be read:\n[^]*Saltfile:\d+:\d+/],
  ])('is refused when it says %j', async (text, message) => {
    writeFileSync(join(folder, 'Saltfile'), text);
    await expect(wordsWith(['*'])).rejects.toMatchObject({ code: 'usage', exitCode: 64 });
    await expect(wordsWith(['*'])).rejects.toThrow(message);
  });

  it('has to be there when it is named', async () => {
    const message = `the Saltfile ${join(folder, 'none')} does not exist`;
    await expect(wordsWith(['--saltfile', 'none', '*'])).rejects.toMatchObject({ code: 'usage', message });
  });
});
