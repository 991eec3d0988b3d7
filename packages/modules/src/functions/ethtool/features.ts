import type { Plain } from '@brine/common';
import { z } from 'zod';
import { dict } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { askEthtool, devname, readRows, setByEthtool } from './ask-ethtool.ts';

export const showDriver = defineFunction({
  name: 'ethtool.show_driver',
  summary: 'The driver of an interface and where on the bus it is; `Not implemented` where it cannot tell.',
  args: z.object({ devname }),
  examples: ["'*' ethtool.show_driver eth0"],
  async run(args, context) {
    const told = await askEthtool(context, '-i', args.devname);
    if (told === undefined) return 'Not implemented';
    const rows = new Map(readRows(`\n${told}`));
    return { driver: rows.get('driver') ?? '', bus_info: rows.get('bus-info') ?? '' };
  },
});

async function features(context: FunctionContext, device: string): Promise<ReadonlyMap<string, string> | undefined> {
  const told = await askEthtool(context, '-k', device);
  return told === undefined ? undefined : new Map(readRows(told));
}

export const showFeatures = defineFunction({
  name: 'ethtool.show_features',
  summary: 'The features of an interface: whether each is on, and whether that is fixed.',
  args: z.object({ devname }),
  examples: ["'*' ethtool.show_features eth0"],
  async run(args, context) {
    const found = await features(context, args.devname);
    if (found === undefined) throw failure(`Cannot get device feature names of ${args.devname}`);
    const rows = Array.from(found, ([name, value]): [string, Plain] => {
      const fixed = value.includes('fixed');
      return [name, { on: (fixed ? value.split(' ')[0] : value) === 'on', fixed }];
    });
    return Object.fromEntries(rows);
  },
});

const offloads = {
  scatter_gather: 'scatter-gather',
  tcp_segmentation_offload: 'tcp-segmentation-offload',
  udp_fragmentation_offload: 'udp-fragmentation-offload',
  generic_segmentation_offload: 'generic-segmentation-offload',
};

async function readOffload(context: FunctionContext, device: string): Promise<Plain> {
  const found = await features(context, device);
  const rows = Object.entries(offloads).map(([name, row]): [string, string] => [
    name,
    found?.get(row)?.split(' ')[0] ?? 'not supported',
  ]);
  return Object.fromEntries(rows);
}

export const showOffload = defineFunction({
  name: 'ethtool.show_offload',
  summary: 'What an interface does of the work of the processor: on, off, or not supported.',
  args: z.object({ devname }),
  examples: ["'*' ethtool.show_offload eth0"],
  run: (args, context) => readOffload(context, args.devname),
});

export const setOffload = defineFunction({
  name: 'ethtool.set_offload',
  summary: 'Sets whether an interface cuts TCP segments itself; answers how its work is shared then.',
  args: z.object({
    devname,
    kwargs: dict().describe('`tcp_segmentation_offload`, on or off; others are passed over, as in Salt.'),
  }),
  keywords: 'kwargs',
  examples: ["'*' ethtool.set_offload eth0 tcp_segmentation_offload=on"],
  async run({ devname: device, kwargs }, context) {
    const wish = kwargs.get('tcp_segmentation_offload');
    if (wish === undefined) return readOffload(context, device);
    const words = ['tso', wish === 'on' || wish === true ? 'on' : 'off'];
    if ((await setByEthtool(context, '-K', device, words)) !== undefined) return 'Not supported';
    return readOffload(context, device);
  },
});
