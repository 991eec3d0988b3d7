import { toFloat } from '@brine/common';
import { payload, percentOf, readText, type BeaconDeclaration } from './beacon.ts';

/** A beacon over a share of what `/proc/meminfo` counts. */
function usage(
  name: 'memusage' | 'swapusage',
  parts: { readonly what: string; readonly total: string; readonly left: string },
): BeaconDeclaration {
  return {
    name,
    summary: `Tells how full ${parts.what} is, while that is at least \`percent\`.`,
    example: `${name}:\n  - percent: 63%`,
    validate: (config) => (config.has('percent') ? undefined : `Configuration for ${name} beacon requires percent.`),
    create: (context) => ({
      async look(config) {
        const text = await readText(context, '/proc/meminfo');
        const count = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
        const [total, left] = [count(parts.total), count(parts.left)];
        const percent = total === 0 ? 0 : Math.round(((total - left) / total) * 1000) / 10;
        return percent >= percentOf(config.get('percent')) ? [payload([name, toFloat(percent)])] : [];
      },
    }),
  };
}

/** `memusage` */
export const memusage = usage('memusage', { what: 'the memory', total: 'MemTotal', left: 'MemAvailable' });
/** `swapusage` */
export const swapusage = usage('swapusage', { what: 'the swap space', total: 'SwapTotal', left: 'SwapFree' });
