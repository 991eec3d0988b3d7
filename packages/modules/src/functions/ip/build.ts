import { isAppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { dict } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { isTruthy } from '../../kit/truth.ts';
import { bondOptions } from '../../providers/network/bond-options.ts';
import { planNetworkSettings } from '../../providers/network/network-settings.ts';
import { routeScripts } from '../../providers/network/route-scripts.ts';
import { splitLines } from '../../providers/text/unified-diff.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';
import { iface, requireIfupdown } from './ifupdown.ts';

export const buildRoutes = defineFunction({
  name: 'ip.build_routes',
  summary: 'Writes the scripts that set the routes of an interface and answers their lines; `test=True` only answers.',
  args: z.object({
    iface,
    settings: dict().describe('`routes`, a list of dictionaries of name, ipaddr, netmask, gateway and metric; `test`.'),
  }),
  keywords: 'settings',
  examples: [`'*' ip.build_routes eth0 routes='[{"ipaddr": "10.1.0.0", "netmask": "16", "gateway": "10.0.0.1"}]'`],
  async run({ iface: name, settings }, context) {
    requireIfupdown(context);
    const routes = settings.get('routes');
    if (!Array.isArray(routes) || !routes.every(isDict))
      throw failure(`Invalid option -- Route interface: ${name}, Option: routes, Expected: [List of routes]`);
    const scripts = routeScripts(name, routes.filter(isDict));
    if (!isTest(settings))
      for (const { path, content } of scripts) await writeText(context.host, path, content, { mode: 0o755 });
    return scripts.flatMap(({ content }) => splitLines(content));
  },
});

export const buildNetworkSettings = defineFunction({
  name: 'ip.build_network_settings',
  summary: 'Writes the settings of the network as a whole and answers them as lines; `test=True` only answers.',
  args: z.object({ settings: dict().describe('`enabled`, `hostname`, `search` and `test`.') }),
  keywords: 'settings',
  examples: ["'*' ip.build_network_settings enabled=yes hostname=web1.example.org search='example.org lan'"],
  async run({ settings }, context) {
    requireIfupdown(context);
    const text = (key: string): string | undefined => {
      const value = settings.get(key);
      return value === undefined || value === null ? undefined : pythonStr(value);
    };
    const wish = { enabled: settings.get('enabled') ?? settings.get('networking'), appliesHostname: false };
    const plan = await planNetworkSettings(
      { ...wish, hostname: text('hostname'), search: text('search') },
      context.host,
    );
    if (!isTest(settings)) for (const { path, content } of plan.files) await writeText(context.host, path, content);
    const then = async (path: string): Promise<string> =>
      plan.files.find((file) => file.path === path)?.content ?? (await readText(context.host, path)) ?? '';
    const [networking, hostname, resolver] = [
      await then('/etc/default/networking'),
      text('hostname') ?? (await then('/etc/hostname')),
      await then('/etc/resolv.conf'),
    ];
    const rows: readonly (readonly [string, string | undefined])[] = [
      ['NETWORKING', /^CONFIGURE_INTERFACES=(.*)$/m.exec(networking)?.[1]],
      ['HOSTNAME', hostname.trim().split('.')[0]],
      ['DOMAIN', /^domain\s+(\S+)/m.exec(resolver)?.[1]],
      ['SEARCH', /^search\s+(.*?)\s*$/m.exec(resolver)?.[1]],
    ];
    return rows.filter(([, value]) => value !== undefined && value !== '').map(([key, value]) => `${key}=${value}\n`);
  },
});

export const buildBond = defineFunction({
  name: 'ip.build_bond',
  summary:
    'Writes the options of a bond, loads the module bonding, installs ifenslave and answers the lines; `test=True` only answers.',
  args: z.object({
    iface,
    settings: dict().describe(
      '`mode` and the settings of that mode, e.g. `miimon`, `lacp_rate`, `arp_ip_target`; `test`.',
    ),
  }),
  keywords: 'settings',
  examples: [
    "'*' ip.build_bond bond0 mode=balance-alb",
    "'*' ip.build_bond bond0 mode=802.3ad lacp_rate=fast test=True",
  ],
  async run({ iface: name, settings }, context) {
    requireIfupdown(context);
    const lower = new Map([...settings].map(([key, value]): [Value, Value] => [pythonStr(key).toLowerCase(), value]));
    const words = Array.from(bondOptions(name, lower), ([key, value]) => `${key}=${value}`);
    const content = `alias ${name} bonding\noptions ${name} ${words.join(' ')}\n`;
    if (!isTest(lower)) {
      await writeText(context.host, `/etc/modprobe.d/${name}.conf`, content);
      await attempt(context, 'kmod.load', 'bonding');
      await attempt(context, 'pkg.install', 'ifenslave');
    }
    return splitLines(content);
  },
});

function isTest(settings: Dict): boolean {
  return isTruthy(settings.get('test') ?? false);
}

// The options are written whether or not the module and the program for them can be had by now.
async function attempt(context: FunctionContext, name: string, what: string): Promise<void> {
  try {
    await context.call(name, [what]);
  } catch (error) {
    if (!isAppError(error) || error.code === 'program-timeout') throw error;
    context.log.error('a bond needs what could not be had', { name, what, reason: error.message });
  }
}
