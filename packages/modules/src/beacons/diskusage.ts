import { compilePythonRegex, limitTime, pythonStr, toFloat, type Dict } from '@brine/common';
import { payload, percentOf, readText, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

const matchLimit = 500;

/** `diskusage` */
export const diskusage: BeaconDeclaration = {
  name: 'diskusage',
  summary: 'Tells of mounted file systems that are at least so full. A mount point is a regular expression.',
  example: `diskusage:
  - /: 63%
  - /mnt/nfs: 50%
  - '^\\/(?!home).*$': 90%
  - interval: 120`,
  validate: () => undefined,
  create: (context) => ({
    async look(config) {
      const events: Dict[] = [];
      const points = await mountPoints(context);
      for (const [mount, limit] of config) {
        const pattern = pythonStr(mount);
        const { test } = compile(pattern.endsWith('$') ? pattern : `${pattern}$`);
        for (const point of limitTime(matchLimit, () => points.filter(test))) {
          const percent = await percentUsed(context, point);
          if (percent !== undefined && percent >= percentOf(limit))
            events.push(payload(['diskusage', toFloat(percent)], ['mount', point]));
        }
      }
      return events;
    },
  }),
};

function compile(pattern: string): { readonly test: (text: string) => boolean } {
  const regex = compilePythonRegex(pattern, 'y');
  return {
    test: (text) => {
      regex.lastIndex = 0;
      return regex.test(text);
    },
  };
}

async function mountPoints(context: BeaconContext): Promise<readonly string[]> {
  const lines = (await readText(context, '/proc/self/mounts')).split('\n');
  return lines.flatMap((line) => {
    const point = line.split(' ')[1];
    // The kernel writes blanks in them as octal.
    return point === undefined
      ? []
      : [point.replaceAll(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCodePoint(Number.parseInt(octal, 8)))];
  });
}

/** What of the room that others than root may use is used, as `df` counts it. */
async function percentUsed({ space }: BeaconContext, point: string): Promise<number | undefined> {
  const found = await space(point);
  if (found === undefined) return undefined;
  const used = found.total - found.free;
  const usable = used + found.available;
  return usable === 0 ? 0 : Math.round((used / usable) * 1000) / 10;
}
