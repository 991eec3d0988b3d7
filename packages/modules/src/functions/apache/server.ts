import { toFloat, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { optional, text, withDefault } from '../../kit/arguments.ts';
import { secret } from '../../kit/secret-arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { runAndTell, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

export const version = defineFunction({
  name: 'apache.version',
  summary: 'The version of the server.',
  args: z.object({}),
  examples: ["'*' apache.version"],
  run: async (_args, context) => (await ask(context, '-v')).split('\n')[0]?.split(': ')[1] ?? '',
});

export const fullversion = defineFunction({
  name: 'apache.fullversion',
  summary: 'How the server was built.',
  args: z.object({}),
  examples: ["'*' apache.fullversion"],
  async run(_args, context) {
    const compiled: string[] = [];
    const facts: Record<string, Plain> = {};
    for (const line of (await ask(context, '-V')).split('\n')) {
      const [key = '', value] = line.split(': ');
      if (value !== undefined) facts[key.trim().toLowerCase().replaceAll(' ', '_')] = value.trim();
      else if (line.includes(' -D')) compiled.push(line.replace(/^\s+-D\s+/, ''));
    }
    return { compiled_with: compiled, ...facts };
  },
});

export const modules = defineFunction({
  name: 'apache.modules',
  summary: 'The modules of the server, static and shared.',
  args: z.object({}),
  examples: ["'*' apache.modules"],
  async run(_args, context) {
    const lines = (await ask(context, '-M')).split('\n');
    const named = (kind: string): string[] =>
      lines.filter((line) => line.includes(`(${kind})`)).map((line) => line.trim().split(/\s+/)[0] ?? '');
    return { static: named('static'), shared: named('shared') };
  },
});

export const servermods = defineFunction({
  name: 'apache.servermods',
  summary: 'The modules that are built into the server.',
  args: z.object({}),
  examples: ["'*' apache.servermods"],
  run: async (_args, context) =>
    (await ask(context, '-l'))
      .split('\n')
      .filter((line) => line.includes('.c'))
      .map((line) => line.trim()),
});

export const directives = defineFunction({
  name: 'apache.directives',
  summary: 'The directives of the server and what is said of each.',
  args: z.object({}),
  examples: ["'*' apache.directives"],
  async run(_args, context) {
    const lines = (await ask(context, '-L')).replaceAll('\n\t', '\t').split('\n');
    const rows = lines.filter((line) => line !== '').map((line) => line.split('\t'));
    return Object.fromEntries(rows.map(([name = '', ...words]) => [name, words.join('\n')]));
  },
});

export const vhosts = defineFunction({
  name: 'apache.vhosts',
  summary: 'The virtual hosts by address.',
  args: z.object({}),
  examples: ["'*' apache.vhosts"],
  async run(_args, context) {
    const found: Record<string, Record<string, Plain>> = {};
    let current: Record<string, Plain> = {};
    for (const line of (await ask(context, '-S')).split('\n')) {
      const words = line.trim().split(/\s+/);
      const bare = (index: number): string => (words[index] ?? '').replaceAll(/[()]/g, '');
      if (line.includes('is a NameVirtualHost')) {
        current = {};
        found[bare(0)] = current;
      }
      if (words[0] === 'default') current['default'] = { vhost: bare(2), conf: bare(3) };
      if (words[0] === 'port') current[bare(3)] = { vhost: bare(3), conf: bare(4), port: bare(1) };
    }
    return found;
  },
});

async function ask(context: FunctionContext, option: string): Promise<string> {
  return runAndTell(context, [await program(context), option], { timeout: 300_000 });
}

async function program({ grains }: FunctionContext): Promise<string> {
  return ['Debian', 'Suse'].includes(String(grains.get('os_family') as string)) ? 'apache2ctl' : 'apachectl';
}

export const signal = defineFunction({
  name: 'apache.signal',
  summary: 'Starts, stops, restarts or tests the server; answers what it says, or null for what is no such word.',
  args: z.object({ signal: optional(text()).describe('start, stop, restart, graceful, graceful-stop, configtest …') }),
  examples: ["'*' apache.signal restart"],
  async run({ signal: word }, context) {
    const asked = ['configtest', 'status', 'fullstatus'];
    const acts = ['start', 'stop', 'restart', 'graceful', 'graceful-stop'];
    if (word === undefined || ![...asked, ...acts].includes(word)) return null;
    const command = [await program(context), ...(acts.includes(word) ? ['-k', word] : [word])];
    const { exitCode, stdout, stderr } = await runProgram(context, command, { timeout: 300_000 });
    if (exitCode !== 0) context.setRetcode(exitCode);
    const said = stderr.trim() === '' ? stdout.trim() : stderr.trim();
    return said === '' ? `Command: "${command.join(' ')}" completed successfully!` : said;
  },
});

const pwfile = safeName('a path').describe('Path of the file of passwords.');
const user = safeName('the name of an account').describe('Name of the account.');

export const useradd = defineFunction({
  name: 'apache.useradd',
  summary: 'Puts an account into a file of passwords, by htpasswd; answers how that ended.',
  args: z.object({
    pwfile,
    user,
    password: secret(text()).describe('Its password.'),
    opts: withDefault(
      text().refine((letters) => /^[cmdspBn]*$/.test(letters), 'must be letters of htpasswd out of cmdspBn'),
      '',
    ).describe('Options of htpasswd: d, p, s, m, B.'),
  }),
  examples: ["'*' apache.useradd /etc/httpd/htpasswd larry badpassword opts=s"],
  async run({ pwfile: path, user: name, password, opts }, context) {
    const isNew = (await context.host.files.stat(path)) === undefined;
    // Options that read the password from standard input keep it off the command line.
    const words = ['htpasswd', `-i${isNew ? 'c' : ''}${opts}`, path, name];
    return htpasswd(context, words, password);
  },
});

export const userdel = defineFunction({
  name: 'apache.userdel',
  summary: 'Takes an account out of a file of passwords; answers what htpasswd says.',
  args: z.object({ pwfile, user }),
  examples: ["'*' apache.userdel /etc/httpd/htpasswd larry"],
  async run({ pwfile: path, user: name }, context) {
    if ((await context.host.files.stat(path)) === undefined) return 'Error: The specified htpasswd file does not exist';
    const said = await runAndTell(context, ['htpasswd', '-D', path, name], { timeout: 60_000 });
    return said.split('\n');
  },
});

async function htpasswd(context: FunctionContext, command: readonly string[], input: string): Promise<Plain> {
  const { exitCode, pid, stdout, stderr } = await runProgram(context, command, { input, timeout: 60_000 });
  if (exitCode !== 0) context.setRetcode(exitCode);
  return { pid, retcode: exitCode, stdout: stdout.trimEnd(), stderr: stderr.trimEnd() };
}

export const serverStatus = defineFunction({
  name: 'apache.server_status',
  summary: 'What the page of mod_status tells; `error` when it cannot be had.',
  args: z.object({
    profile: withDefault(text(), 'default').describe('Part of `apache.server-status` in the configuration.'),
  }),
  examples: ["'*' apache.server_status other-profile"],
  async run({ profile }, { call }) {
    const setting = (name: string, fallback: string | number) =>
      call('config.get', [`apache.server-status:${profile}:${name}`, fallback]);
    const url = `${String((await setting('url', 'http://localhost/server-status')) as string)}?auto`;
    const login: Dict = new Map(
      [
        ['username', await setting('user', '')],
        ['password', await setting('pass', '')],
      ].filter(([, value]) => value !== '') as [string, string][],
    );
    const answer = await call('http.query', [url], new Map([...login, ['status', true], ['text', true]]));
    const page = answer instanceof Map && answer.get('status') === 200 ? answer.get('text') : undefined;
    return typeof page === 'string' ? readStatus(page) : 'error';
  },
});

function readStatus(page: string): Plain {
  const board: Record<string, number> = Object.fromEntries(Array.from('_SRWKDCLGI.', (letter) => [letter, 0]));
  const facts: Record<string, Plain> = { Scoreboard: board };
  for (const line of page.split('\n')) {
    const [, key, value = ''] = /^([^:]+):\s*(.*)$/.exec(line.trim()) ?? [];
    if (key === 'Scoreboard') for (const letter of value) board[letter] = (board[letter] ?? 0) + 1;
    else if (key !== undefined)
      facts[key] = /^\d+$/.test(value) ? Number(value) : /^[\d.]+$/.test(value) ? toFloat(Number(value)) : value;
  }
  return facts;
}
