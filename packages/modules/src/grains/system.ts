import { defineGrain } from '../kit/define-grain.ts';
import type { ReadHost } from '../kit/host.ts';
import { exists, readOptional } from './read-file.ts';

export const init = defineGrain({
  name: 'init',
  summary: 'The first process.',
  grains: { init: '`systemd`, `sysvinit`, `upstart`, `runit`, `tini`, … or `unknown`.' },
  collect: async ({ host }) => ({ init: await detectInit(host) }),
});

export const systemd = defineGrain({
  name: 'systemd',
  summary: 'The version of systemd, where it is installed.',
  grains: { systemd: '`version` and compiled-in `features`.' },
  async collect({ host, signal }) {
    if ((await host.which('systemctl')) === undefined || (await host.which('localectl')) === undefined) return {};
    const { stdout } = await host.inspect({ command: ['systemctl', '--version'], timeout: 2000, signal });
    const [first = '', features = ''] = stdout.split('\n');
    return { systemd: { version: first.split(/\s+/)[1] ?? 'UNDEFINED', features } };
  },
});

export const selinux = defineGrain({
  name: 'selinux',
  summary: 'SELinux, where its tools are installed.',
  grains: { selinux: '`enabled`, and `enforced`: Enforcing, Permissive or Disabled.' },
  async collect({ host }) {
    if ((await host.which('selinuxenabled')) === undefined) return {};
    const enforce = (await readOptional(host, '/sys/fs/selinux/enforce')).trim();
    const enabled = enforce !== '';
    return { selinux: { enabled, enforced: enabled ? (enforce === '1' ? 'Enforcing' : 'Permissive') : 'Disabled' } };
  },
});

export const transactional = defineGrain({
  name: 'transactional',
  summary: 'Whether the system is updated in transactions.',
  grains: { transactional: 'Whether transactional-update is installed.' },
  collect: async ({ host }) => ({ transactional: (await host.which('transactional-update')) !== undefined }),
});

// Salt's rules, word for word: trees branch on what they give.
async function detectInit(host: ReadHost): Promise<string> {
  if (await exists(host, '/run/systemd/system')) return 'systemd';
  const words = (await readOptional(host, '/proc/1/cmdline')).split(/[\0\s]+/).filter((word) => word !== '');
  const program = words[0] === undefined ? undefined : await host.which(words[0]);
  if (program?.endsWith('bin/init') === true) return inspectProgram(host, program);
  for (const name of ['supervisord', 'dumb-init', 'tini']) {
    const path = await host.which(name);
    if (path !== undefined && words.includes(path)) return name;
  }
  const isRunit = (words.length === 1 && words[0] === 'runit') || words.includes('/sbin/my_init');
  return isRunit ? 'runit' : 'unknown';
}

async function inspectProgram(host: ReadHost, path: string): Promise<string> {
  const content = await host.files.read(path, { limit: 4 * 1024 * 1024 }).catch(() => undefined);
  const text = content === undefined ? '' : Buffer.from(content).toString('latin1').toLowerCase();
  return ['upstart', 'sysvinit', 'systemd'].find((name) => text.includes(name)) ?? 'unknown';
}
