import { pythonStr, type Dict, type Plain } from '@brine/common';
import { z } from 'zod';
import { dict, flag, lineText } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { findInterfaceFile, toGivenSettings } from '../../providers/network/check-interface.ts';
import { interfaceLines, toInterfaceWish, type InterfaceKind } from '../../providers/network/interface-options.ts';
import { putInterface, takeInterface } from '../../providers/network/interfaces-file.ts';
import { splitLines } from '../../providers/text/unified-diff.ts';
import { failure } from '../failure.ts';
import { runAndTell } from '../run-program.ts';
import { readText, writeText } from '../text-file.ts';
import { isTruthy } from '../../kit/truth.ts';
import { iface, requireIfupdown } from './ifupdown.ts';

const ifaceType = lineText().describe('eth, bond, bridge, slave or vlan.');

async function own({ host }: FunctionContext, name: string): Promise<readonly string[]> {
  const path = await findInterfaceFile({ name, filename: undefined }, host);
  return takeInterface((await readText(host, path)) ?? '', name).own;
}

function withEnd(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines.map((line) => `${line}\n`), '\n'];
}

export const getInterface = defineFunction({
  name: 'ip.get_interface',
  summary: 'The lines of an interface in the files of ifupdown; none for one that is not there.',
  args: z.object({ iface }),
  examples: ["'*' ip.get_interface eth0"],
  async run(args, context) {
    requireIfupdown(context);
    return withEnd(await own(context, args.iface));
  },
});

const kinds: readonly InterfaceKind[] = ['eth', 'bond', 'bridge', 'slave', 'vlan'];
const needed: Readonly<Partial<Record<InterfaceKind, string>>> = { bond: 'slaves', bridge: 'ports', slave: 'master' };

export const buildInterface = defineFunction({
  name: 'ip.build_interface',
  summary: 'Writes an interface into the files of ifupdown and answers its lines; `test=True` only answers them.',
  args: z.object({
    iface,
    iface_type: ifaceType,
    enabled: flag().describe('Whether it is brought up at boot.'),
    settings: dict().describe('The settings of `network.managed`, `filename` and `test`.'),
  }),
  keywords: 'settings',
  examples: [
    "'*' ip.build_interface eth0 eth True proto=dhcp",
    "'*' ip.build_interface eth0 eth True proto=dhcp test=True",
  ],
  async run({ iface: name, iface_type: type, enabled, settings }, context) {
    requireIfupdown(context);
    const kind = kinds.find((each) => each === type.toLowerCase());
    if (kind === undefined)
      throw failure(`Invalid option -- Interface: ${name}, Option: ${type}, Expected: [${kinds.join('|')}]`);
    const { given, filename, isTest } = readSettings(settings);
    const missing = needed[kind];
    if (missing !== undefined && !given.has(missing))
      throw failure(`${missing} is a required setting for ${kind} interfaces`);
    const lines = interfaceLines(toInterfaceWish(name, { kind, enabled }, given));
    if (!isTest) {
      const path = await findInterfaceFile({ name, filename }, context.host);
      const old = takeInterface((await readText(context.host, path)) ?? '', name);
      await writeText(context.host, path, putInterface(old, lines));
    }
    return withEnd(lines);
  },
});

function readSettings(settings: Dict): {
  readonly given: Dict;
  readonly filename: string | undefined;
  readonly isTest: boolean;
} {
  const given = new Map(toGivenSettings({}, settings));
  const [filename, test] = [given.get('filename'), given.get('test')];
  for (const key of ['filename', 'test']) given.delete(key);
  const path = filename === undefined ? undefined : pythonStr(filename);
  if (path !== undefined && path.split('/').includes('..')) throw failure(`${path} would leave its folder.`);
  return { given, filename: path, isTest: isTruthy(test ?? false) };
}

export const getBond = defineFunction({
  name: 'ip.get_bond',
  summary: 'The lines of the options of a bond; an empty text for one that has none.',
  args: z.object({ iface }),
  examples: ["'*' ip.get_bond bond0"],
  async run(args, context): Promise<Plain> {
    requireIfupdown(context);
    const text = await readText(context.host, `/etc/modprobe.d/${args.iface}.conf`);
    return text === undefined ? '' : splitLines(text);
  },
});

export const getRoutes = defineFunction({
  name: 'ip.get_routes',
  summary: 'The lines of the scripts that set the routes of an interface, up and down.',
  args: z.object({ iface }),
  examples: ["'*' ip.get_routes eth0"],
  async run(args, context) {
    requireIfupdown(context);
    const paths = ['up', 'down'].flatMap((direction) =>
      // `network.routes` writes no name with a dot, for run-parts would not run it.
      [...new Set([args.iface, args.iface.replaceAll('.', '_')])].map(
        (name) => `/etc/network/if-${direction}.d/route-${name}`,
      ),
    );
    const texts = await Promise.all(paths.map(async (path) => (await readText(context.host, path)) ?? ''));
    return texts.flatMap(splitLines);
  },
});

export const getNetworkSettings = defineFunction({
  name: 'ip.get_network_settings',
  summary: 'Host name, domain and domains to search of the machine, as lines.',
  args: z.object({}),
  examples: ["'*' ip.get_network_settings"],
  async run(_args, context) {
    requireIfupdown(context);
    const [networking = '', hostname = '', resolver = ''] = await Promise.all(
      ['/etc/default/networking', '/etc/hostname', '/etc/resolv.conf'].map((path) => readText(context.host, path)),
    );
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['NETWORKING', /^NETWORKING=(.*)$/m.exec(networking)?.[1]],
      ['HOSTNAME', hostname.trim().split('.')[0]],
      ['DOMAIN', /^domain\s+(\S+)/m.exec(resolver)?.[1]],
      ['SEARCH', /^search\s+(.*?)\s*$/m.exec(resolver)?.[1]],
    ];
    return rows.filter(([, value]) => value !== undefined && value !== '').map(([key, value]) => `${key}=${value}\n`);
  },
});

export const up = switching('up', 'Brings an interface up');
export const down = switching('down', 'Takes an interface down');

function switching(direction: 'up' | 'down', summary: string): FunctionDeclaration {
  return defineFunction({
    name: `ip.${direction}`,
    summary: `${summary} and answers what if${direction} says; nothing for a slave, which follows its master.`,
    args: z.object({ iface, iface_type: ifaceType }),
    examples: [`'*' ip.${direction} eth0 eth`],
    run: async (args, context) =>
      ['slave', 'source'].includes(args.iface_type) ? null : runAndTell(context, [`if${direction}`, args.iface]),
  });
}

export const applyNetworkSettings = defineFunction({
  name: 'ip.apply_network_settings',
  summary: 'Starts the network anew, unless a reboot is to do it, and sets the host name when that is asked for.',
  args: z.object({ settings: dict().describe('`require_reboot`, `apply_hostname` and `hostname`.') }),
  keywords: 'settings',
  examples: ["'*' ip.apply_network_settings", "'*' ip.apply_network_settings apply_hostname=True hostname=web1"],
  async run({ settings }, context) {
    requireIfupdown(context);
    const isOn = (key: string): boolean => isTruthy(settings.get(key) ?? false);
    const hostname = settings.get('hostname');
    const isNamed =
      !isOn('apply_hostname') ||
      (hostname !== undefined && (await context.call('network.mod_hostname', [pythonStr(hostname)])) === true);
    if (isOn('require_reboot')) return isNamed;
    const stopped = await context.call('service.stop', ['networking']);
    return isNamed && stopped === true && (await context.call('service.start', ['networking'])) === true;
  },
});
