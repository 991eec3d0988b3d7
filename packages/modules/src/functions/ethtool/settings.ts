import type { Plain } from '@brine/common';
import { z } from 'zod';
import { dict } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction, type FunctionDeclaration } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { askEthtool, chosenSettings, devname, readRows, setByEthtool } from './ask-ethtool.ts';

/** Numbers that an interface has, as Salt names them, and the words ethtool reads and writes. */
interface Numbers {
  readonly show: string;
  readonly set: string;
  /** What a row of ethtool's is called; `undefined` for one that is none of the numbers. */
  readonly read: (told: string) => Record<string, number>;
  readonly names: readonly string[];
}

const rings: Numbers = {
  show: '-g',
  set: '-G',
  names: ['rx', 'rx_mini', 'rx_jumbo', 'tx'],
  read(told) {
    const [maxima = '', current = ''] = told.split('Current hardware settings:');
    const part = (text: string, suffix: string): [string, number][] =>
      readRows(`\n${text}`)
        .map(([name, value]): [string, number] => [nameOf(name), toNumber(value)])
        .filter(([name]) => rings.names.includes(name))
        .map(([name, value]): [string, number] => [name + suffix, value]);
    return Object.fromEntries([...part(maxima, '_max'), ...part(current, '')].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  },
};

const pairs = (...names: readonly string[]): readonly string[] => names.flatMap((name) => [`rx_${name}`, `tx_${name}`]);

const coalescing: Numbers = {
  show: '-c',
  set: '-C',
  names: [
    ...['adaptive_rx', 'adaptive_tx', 'stats_block_usecs', 'sample_interval', 'pkt_rate_low', 'pkt_rate_high'],
    ...pairs('usecs', 'frames', 'usecs_irq', 'frames_irq', 'usecs_low', 'frames_low', 'usecs_high', 'frames_high'),
  ],
  read(told) {
    const adaptive = /^Adaptive RX: (\w+)\s+TX: (\w+)/m.exec(told);
    const switches = ['rx', 'tx'].map((side, at): [string, number] => [
      `adaptive_${side}`,
      adaptive?.[at + 1] === 'on' ? 1 : 0,
    ]);
    const rows = readRows(told).map(([name, value]): [string, number] => [nameOf(name), toNumber(value)]);
    const known = rows.filter(([name]) => coalescing.names.includes(name));
    return Object.fromEntries([...known, ...switches]);
  },
};

function nameOf(row: string): string {
  return row.toLowerCase().replace(/[ -]/g, '_');
}

// What a card does not have is 0 to the kernel.
function toNumber(value: string): number {
  return /^\d+$/.test(value) ? Number(value) : 0;
}

export const showRing = showing('ring', rings, 'How many packets the rings of an interface hold, and may hold');
export const showCoalesce = showing('coalesce', coalescing, 'How an interface gathers its interrupts');
export const setRing = setting('ring', rings, 'Sets how many packets the rings of an interface hold', 'rx=1024');
export const setCoalesce = setting(
  'coalesce',
  coalescing,
  'Sets how an interface gathers its interrupts',
  'rx_usecs=8',
);

function showing(what: string, numbers: Numbers, summary: string): FunctionDeclaration {
  return defineFunction({
    name: `ethtool.show_${what}`,
    summary: `${summary}; \`Not supported\` where it cannot tell.`,
    args: z.object({ devname }),
    examples: [`'*' ethtool.show_${what} eth0`],
    run: async (args, context) => (await look(context, args.devname, numbers)) ?? 'Not supported',
  });
}

async function look(context: FunctionContext, device: string, numbers: Numbers): Promise<Plain | undefined> {
  const told = await askEthtool(context, numbers.show, device);
  return told === undefined ? undefined : numbers.read(told);
}

function setting(what: string, numbers: Numbers, summary: string, example: string): FunctionDeclaration {
  return defineFunction({
    name: `ethtool.set_${what}`,
    summary: `${summary}; answers how it is then.`,
    args: z.object({ devname, kwargs: dict().describe(`Some of ${numbers.names.join(', ')}.`) }),
    keywords: 'kwargs',
    examples: [`'*' ethtool.set_${what} eth0 ${example}`],
    async run({ devname: device, kwargs }, context) {
      const told = await askEthtool(context, numbers.show, device);
      if (told === undefined) return 'Not supported';
      const now = numbers.read(told);
      const words = chosenSettings(kwargs, numbers.names)
        .filter(([name, word]) => String(now[name]) !== word)
        .flatMap(([name, word]) => [name.replaceAll('_', '-'), word]);
      if (words.length > 0 && (await setByEthtool(context, numbers.set, device, words)) !== undefined)
        return 'Invalid arguments';
      return (await look(context, device, numbers)) ?? 'Not supported';
    },
  });
}

export const showPause = defineFunction({
  name: 'ethtool.show_pause',
  summary: 'How an interface asks its peer to pause: which side may, and whether they agree upon it.',
  args: z.object({ devname }),
  examples: ["'*' ethtool.show_pause eth0"],
  async run(args, context) {
    const told = await askEthtool(context, '-a', args.devname);
    if (told === undefined) throw failure(`Cannot get device pause settings of ${args.devname}`);
    return Object.fromEntries(readRows(told).map(([name, value]) => [name, value === 'on']));
  },
});

export const setPause = switching('pause', '-A', ['autoneg', 'rx', 'tx'], 'autoneg=off rx=off tx=off');
export const setFeature = switching(
  'feature',
  '-K',
  ['rx', 'tx', 'sg', 'tso', 'ufo', 'gso', 'gro', 'lro', 'rxvlan', 'txvlan', 'ntuple', 'rxhash'],
  'sg=off',
);

function switching(what: string, option: string, known: readonly string[], example: string): FunctionDeclaration {
  return defineFunction({
    name: `ethtool.set_${what}`,
    summary: `Sets switches of an interface (${what}); answers true.`,
    args: z.object({ devname, kwargs: dict().describe(`Some of ${known.join(', ')}, as on or off.`) }),
    keywords: 'kwargs',
    examples: [`'*' ethtool.set_${what} eth0 ${example}`],
    async run({ devname: device, kwargs }, context) {
      const chosen = chosenSettings(kwargs, known);
      if (chosen.length === 0)
        throw failure(`None of the valid parameters were provided: [${known.map((one) => `'${one}'`).join(', ')}]`);
      const wrong = await setByEthtool(context, option, device, chosen.flat());
      if (wrong !== undefined) throw failure(wrong);
      return true;
    },
  });
}
