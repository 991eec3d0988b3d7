import { z } from 'zod';
import { oneOf, optional } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readRoutes6, type Route } from './routes6.ts';
import { readText } from '../text-file.ts';

const family = optional(oneOf('inet', 'inet6')).describe('inet or inet6; both unless given.');

export const routes = defineFunction({
  name: 'network.routes',
  summary: 'The routes of the kernel, IPv4 first.',
  args: z.object({ family }),
  examples: ["'*' network.routes"],
  run: ({ family: wanted }, context) => routesOf(context, wanted),
});

export const defaultRoute = defineFunction({
  name: 'network.default_route',
  summary: 'The default routes of the kernel, IPv4 first.',
  args: z.object({ family }),
  examples: ["'*' network.default_route"],
  async run({ family: wanted }, context) {
    const all = await routesOf(context, wanted);
    return all.filter(({ destination }) => ['0.0.0.0', '::/0'].includes(destination));
  },
});

const flagLetters: readonly (readonly [number, string])[] = [
  [0x1, 'U'],
  [0x2, 'G'],
  [0x4, 'H'],
];

async function routesOf(context: FunctionContext, family: string | undefined): Promise<readonly Route[]> {
  return [
    ...(family === 'inet6' ? [] : await readRoutes(context)),
    ...(family === 'inet' ? [] : await readRoutes6(context)),
  ];
}

async function readRoutes({ host }: FunctionContext): Promise<readonly Route[]> {
  const lines = ((await readText(host, '/proc/net/route')) ?? '').split('\n').slice(1);
  return lines.flatMap((line): readonly Route[] => {
    const [device = '', destination, gateway, flags = '', , , , netmask] = line.split(/\s+/);
    if (destination === undefined || gateway === undefined || netmask === undefined) return [];
    const bits = Number.parseInt(flags, 16);
    return [
      {
        addr_family: 'inet',
        destination: toAddress(destination),
        gateway: toAddress(gateway),
        netmask: toAddress(netmask),
        flags: flagLetters
          .filter(([bit]) => (bits & bit) !== 0)
          .map(([, letter]) => letter)
          .join(''),
        interface: device,
      },
    ];
  });
}

// The kernel writes addresses as little-endian numbers.
function toAddress(digits: string): string {
  const bytes = (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return bytes.toReversed().join('.');
}
