import { isDict, pythonStr, type Dict } from '@brine/common';
import { mappingOf, payload, readText, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

/** Counters by their column in `/proc/net/dev`. */
const columns: readonly (readonly [string, number])[] = [
  ['bytes_sent', 8],
  ['bytes_recv', 0],
  ['packets_sent', 9],
  ['packets_recv', 1],
  ['errin', 2],
  ['errout', 10],
  ['dropin', 3],
  ['dropout', 11],
];
const known = new Set(['type', ...columns.map(([name]) => name)]);

/** `network_info` */
export const networkInfo: BeaconDeclaration = {
  name: 'network_info',
  summary: 'Tells when a counter of a network interface equals, or with `type: greater` exceeds, a number.',
  example: `network_info:
  - interfaces:
      eth0:
        type: greater
        bytes_sent: 100000
        errin: 100`,
  validate(config) {
    for (const [, wanted] of mappingOf(config, 'interfaces')) {
      if (!isDict(wanted)) return 'Configuration for network_info beacon must be a list of dictionaries.';
      if (![...wanted.keys()].some((key) => known.has(pythonStr(key))))
        return 'Invalid configuration item in Beacon configuration.';
    }
    return undefined;
  },
  create: (context) => ({
    async look(config) {
      const counters = await readCounters(context);
      return [...mappingOf(config, 'interfaces')].flatMap(([name, wanted]) => {
        const counts = counters.get(pythonStr(name));
        if (counts === undefined || !isDict(wanted) || !isDue(counts, wanted)) return [];
        return [payload(['interface', name], ['network_info', counts])];
      });
    },
  }),
};

function isDue(counts: Dict, wanted: Dict): boolean {
  const isGreater = wanted.get('type') === 'greater';
  return columns.some(([name]) => {
    if (!wanted.has(name)) return false;
    const [count, bound] = [Number(counts.get(name)), Number(wanted.get(name))];
    return isGreater ? count > bound : count === bound;
  });
}

async function readCounters(context: BeaconContext): Promise<ReadonlyMap<string, Dict>> {
  const lines = (await readText(context, '/proc/net/dev')).split('\n').filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => {
      const [name = '', rest = ''] = line.split(/:(.*)/s);
      const numbers = rest.trim().split(/\s+/).map(Number);
      return [name.trim(), payload(...columns.map(([key, column]) => [key, numbers[column] ?? 0] as const))];
    }),
  );
}
