import type { Plain } from '@brine/common';
import { z } from 'zod';
import { lineText, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { complaint, runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const root = optional(safeName('a path')).describe('Another root folder.');
const kinds = /\.(service|socket|device|mount|automount|swap|target|path|timer)$/;

export const getRunning = defineFunction({
  name: 'service.get_running',
  summary: 'The units of systemd that run, sorted.',
  args: z.object({}),
  examples: ["'*' service.get_running"],
  async run(_args, context) {
    const rows = await unitRows(context, ['list-units'], undefined);
    return unitNames(rows.filter((row) => row[3] === 'running'));
  },
});

export const getStatic = defineFunction({
  name: 'service.get_static',
  summary: 'The units of systemd that cannot be enabled by themselves, sorted.',
  args: z.object({ root }),
  examples: ["'*' service.get_static"],
  async run({ root: folder }, context) {
    const rows = await unitRows(context, ['list-unit-files'], folder);
    return unitNames(rows.filter((row) => row[1] === 'static'));
  },
});

function unitNames(rows: readonly (readonly string[])[]): readonly string[] {
  const names = rows.map(([name = '']) => name).filter((name) => kinds.test(name));
  return [...new Set(names.map((name) => name.replace(/\.service$/, '')))].toSorted();
}

async function unitRows(
  context: FunctionContext,
  verb: readonly string[],
  folder: string | undefined,
): Promise<readonly (readonly string[])[]> {
  const said = await systemctl(context, ['--full', '--no-legend', '--no-pager', ...verb], folder);
  return said.split('\n').map((line) =>
    line
      .replace(/^[●*\s]+/, '')
      .trim()
      .split(/\s+/),
  );
}

async function systemctl(context: FunctionContext, words: readonly string[], folder?: string): Promise<string> {
  const { host, signal } = context;
  if ((await host.which('systemctl')) === undefined) throw failure('systemctl was not found on this minion.');
  const where = folder === undefined ? [] : ['--root', folder];
  return (await host.inspect({ command: ['systemctl', ...where, ...words], signal, timeout: 60_000 })).stdout;
}

export const show = defineFunction({
  name: 'service.show',
  summary: 'The properties systemd has of a unit.',
  args: z.object({ name: safeName('the name of a service').describe('Name of the service.'), root }),
  examples: ["'*' service.show sshd"],
  run: ({ name, root: folder }, context) => readProperties(context, name, folder),
});

async function readProperties(
  context: FunctionContext,
  name: string,
  folder: string | undefined,
): Promise<Record<string, Plain>> {
  const said = await systemctl(context, ['show', '--', name], folder);
  const rows = said.split('\n').filter((line) => line.includes('='));
  return Object.fromEntries(
    rows.map((line): [string, Plain] => {
      const key = line.slice(0, line.indexOf('='));
      const value = line.slice(key.length + 1);
      if (['Before', 'After', 'Wants'].includes(key)) return [key, value.split(/\s+/).filter((word) => word !== '')];
      if (!value.startsWith('{')) return [key, value];
      const items = value.replaceAll(/[{}]/g, '').split(' ; ');
      return [
        key,
        Object.fromEntries(items.map((item) => [item.split('=')[0]?.trim() ?? '', (item.split('=')[1] ?? '').trim()])),
      ];
    }),
  );
}

export const execs = defineFunction({
  name: 'service.execs',
  summary: 'The programs that services of systemd start.',
  args: z.object({ root }),
  examples: ["'*' service.execs"],
  async run({ root: folder }, context) {
    const names = await context.call('service.get_all');
    const found: Record<string, Plain> = {};
    for (const name of Array.isArray(names) ? names.map(String) : []) {
      const start = (await readProperties(context, name, folder))['ExecStart'];
      if (typeof start === 'object' && start !== null && 'path' in start)
        found[name] = (start as Record<string, Plain>)['path'] ?? null;
    }
    return found;
  },
});

const setting = (what: string) => optional(lineText()).describe(what);

export const firstboot = defineFunction({
  name: 'service.firstboot',
  summary: 'Sets what systemd asks at the first start of a machine; answers true.',
  args: z.object({
    locale: setting('The locale.'),
    locale_message: setting('The locale of messages.'),
    keymap: setting('The layout of the keyboard.'),
    timezone: setting('The time zone.'),
    hostname: setting('The name of the machine.'),
    machine_id: setting('Its id.'),
    root,
  }),
  examples: ["'*' service.firstboot keymap=jp locale=en_US.UTF-8"],
  async run(args, context) {
    const options: Readonly<Record<string, string | undefined>> = {
      locale: args.locale,
      'locale-message': args.locale_message,
      keymap: args.keymap,
      timezone: args.timezone,
      hostname: args.hostname,
      'machine-ID': args.machine_id,
      root: args.root,
    };
    const words = Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}=${value}`]));
    const result = await runProgram(context, ['systemd-firstboot', ...words], { timeout: 300_000 });
    if (result.exitCode !== 0) throw failure(`systemd-firstboot error: ${complaint(result)}`);
    return true;
  },
});

export const offline = defineFunction({
  name: 'service.offline',
  summary: 'Whether systemd is installed but does not run this machine, as in a chroot.',
  args: z.object({}),
  examples: ["'*' service.offline"],
  async run(_args, { host }) {
    const isInstalled = (await host.which('systemctl')) !== undefined;
    return isInstalled && (await host.files.stat('/run/systemd/system')) === undefined;
  },
});
