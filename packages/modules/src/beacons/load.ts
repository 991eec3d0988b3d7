import { isDict, pythonStr, toFloat, type Dict, type Value } from '@brine/common';
import { mappingOf, readText, type BeaconDeclaration } from './beacon.ts';

const spans = ['1m', '5m', '15m'] as const;

/** `load` */
export const load: BeaconDeclaration = {
  name: 'load',
  summary: 'Tells when a load average is out of its bounds; with `onchangeonly` when it crosses one.',
  example: `load:
  - averages:
      1m: [0.0, 2.0]
      5m: [0.0, 1.5]
      15m: [0.1, 1.0]
  - onchangeonly: True
  - emitatstartup: False`,
  validate(config) {
    for (const option of ['emitatstartup', 'onchangeonly']) {
      if (config.has(option) && typeof config.get(option) !== 'boolean')
        return `Configuration for load beacon option ${option} must be a boolean.`;
    }
    if (!config.has('averages')) return 'Averages configuration is required for load beacon.';
    const averages = config.get('averages');
    const given = spans.filter((span) => isDict(averages ?? null) && (averages as Dict).has(span));
    if (given.length === 0) return 'Averages configuration for load beacon must contain 1m, 5m or 15m items.';
    for (const span of given) {
      const bounds = (averages as Dict).get(span);
      if (!Array.isArray(bounds))
        return 'Averages configuration for load beacon: 1m, 5m and 15m items must be a list of two items.';
      if (bounds.length !== 2)
        return 'Configuration for load beacon: 1m, 5m and 15m items must be a list of two items.';
    }
    return undefined;
  },
  create(context) {
    let last: Readonly<Record<string, number>> | undefined;
    return {
      async look(config) {
        const words = (await readText(context, '/proc/loadavg')).split(' ').map(Number);
        const now = Object.fromEntries(spans.map((span, index) => [span, words[index] ?? 0]));
        const onlyChanges = config.get('onchangeonly') === true;
        const before = last ?? now;
        const isFirst = last === undefined;
        last = now;
        if (onlyChanges && isFirst && config.get('emitatstartup') === false) return [];
        const isDue = [...mappingOf(config, 'averages')].some(([span, bounds]) => {
          const [low, high] = boundsOf(bounds);
          const key = pythonStr(span);
          const [was, is] = [before[key] ?? 0, now[key] ?? 0];
          if (!onlyChanges) return is < low || is > high;
          return (is > high && was < high) || (is < low && was > low);
        });
        return isDue ? [new Map<Value, Value>(spans.map((span) => [span, toFloat(now[span] ?? 0)]))] : [];
      },
    };
  },
};

function boundsOf(bounds: Value): readonly [number, number] {
  const [low, high] = Array.isArray(bounds) ? bounds : [];
  return [Number(low ?? Number.NEGATIVE_INFINITY), Number(high ?? Number.POSITIVE_INFINITY)];
}
