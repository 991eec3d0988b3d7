import { isDict, matchGlob, pythonStr, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, optional, text, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import { isTruthy } from '../../kit/truth.ts';
import { readText } from '../text-file.ts';

export const custom = defineFunction({
  name: 'status.custom',
  summary: 'Parts of what functions of `status` tell, chosen by `status.FUNCTION.custom` of the configuration.',
  args: z.object({}),
  examples: ["'*' status.custom"],
  async run(_args, { call, log }) {
    const settings = await call('config.dot_vals', ['status']);
    const found: Record<string, Plain> = {};
    for (const [key, wanted] of isDict(settings) ? settings : []) {
      const name = pythonStr(key).split('.').slice(0, -1).join('.');
      if (name === 'status.custom' || !Array.isArray(wanted)) continue;
      const told = await call(name);
      for (const item of wanted.map((each) => pythonStr(each))) {
        const value = isDict(told) ? told.get(item) : undefined;
        if (value === undefined) log.warn('a value that was asked for is not told', { function: name, value: item });
        found[item] = value === undefined ? 'UNKNOWN' : (value as Plain);
      }
    }
    return found;
  },
});

export const diskusage = defineFunction({
  name: 'status.diskusage',
  summary: 'Bytes that are free and in all, by mount point: of all, of paths, or of kinds of file systems.',
  args: z.object({ args: textList().describe('Paths, or patterns of kinds of file systems.') }),
  variadic: 'args',
  examples: ["'*' status.diskusage", "'*' status.diskusage ext?"],
  async run({ args }, { host, call }) {
    const kinds = args.length === 0 ? ['*'] : args.filter((each) => !each.startsWith('/'));
    const mounts = ((await readText(host, '/proc/mounts')) ?? '').split('\n').map((line) => line.split(' '));
    const mounted = mounts
      .filter((row) => row.length >= 3 && kinds.some((kind) => matchGlob(kind, row[2] ?? '')))
      .map((row) => row[1] ?? '');
    const paths = new Set([...args.filter((each) => each.startsWith('/')), ...mounted]);
    const found: Record<string, Plain> = {};
    for (const path of paths) {
      if ((await host.files.stat(path, { follow: true }).catch(() => undefined)) === undefined) continue;
      const facts = await call('file.statvfs', [path]).catch(() => undefined);
      const number = (key: string): number =>
        isDict(facts ?? null) ? Number((facts as Map<unknown, unknown>).get(key)) : 0;
      found[path] =
        facts === undefined
          ? { available: null, total: null }
          : { available: number('f_bavail') * number('f_bsize'), total: number('f_blocks') * number('f_bsize') };
    }
    return found;
  },
});

export const master = defineFunction({
  name: 'status.master',
  summary: 'Whether this minion has a connection to a master; null for a name that does not resolve.',
  args: z.object({
    master: optional(text()).describe('Name or address of the master.'),
    connected: withDefault(flag(), true).describe('Accepted for Salt, which tells a change of it on the bus.'),
  }),
  examples: ["'*' status.master"],
  async run({ master: name }, { call, options, machine = createLocalMachine() }) {
    if (name === undefined || name === '') return null;
    const addresses = (await Promise.all([machine.resolve(name, 4), machine.resolve(name, 6)])).flat();
    if (addresses.length === 0) return null;
    const ports = new Set([Number(options.get('publish_port') ?? 4505), Number(options.get('master_port') ?? 4506)]);
    const connections = await call('network.active_tcp');
    const peers = isDict(connections) ? [...connections.values()].filter(isDict) : [];
    return peers.some(
      (peer) =>
        ports.has(Number(peer.get('remote_port'))) && addresses.includes(pythonStr(peer.get('remote_addr') ?? '')),
    );
  },
});

export const pingMaster = defineFunction({
  name: 'status.ping_master',
  summary: 'Whether the port of a master can be reached.',
  args: z.object({ master: optional(text()).describe('Name or address of the master.') }),
  examples: ["'*' status.ping_master localhost"],
  async run({ master: name }, { call, options }) {
    if (name === undefined || name === '') return false;
    const port = Number(options.get('master_port') ?? 4506);
    const answer = await call('network.connect', [name, port], new Map([['timeout', 5]]));
    return isDict(answer) && isTruthy(answer.get('result') ?? false);
  },
});
