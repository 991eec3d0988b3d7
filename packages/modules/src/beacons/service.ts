import { isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { mappingOf, payload, type BeaconDeclaration } from './beacon.ts';

interface Seen {
  runs: Value;
  /** Since when, while `delay` has not passed; milliseconds since the Unix epoch. */
  since: number | undefined;
}

/** `service` */
export const service: BeaconDeclaration = {
  name: 'service',
  summary: 'Tells whether services run; with `onchangeonly` when that changes.',
  example: `service:
  - services:
      nginx:
        onchangeonly: True
        delay: 30
        emitatstartup: False
        uncleanshutdown: /run/nginx.pid`,
  validate(config) {
    if (!config.has('services')) return 'Configuration for service beacon requires services.';
    const services = config.get('services') ?? null;
    if (!isDict(services)) return 'Services configuration item for service beacon must be a dictionary.';
    const areDicts = [...services.values()].every((item) => isDict(item));
    return areDicts ? undefined : 'Configuration for service beacon must be a list of dictionaries.';
  },
  create(context) {
    const seen = new Map<Value, Seen>();
    return {
      async look(config) {
        const events: Dict[] = [];
        for (const [name, given] of mappingOf(config, 'services')) {
          const settings: Dict = isDict(given) ? given : new Map();
          const runs = await context.call('service.status', [name]);
          if (!isDue(seen, { name, runs, settings, now: context.now() })) continue;
          const standing = payload(['running', runs]);
          const pidFile = settings.get('uncleanshutdown');
          if (pidFile !== undefined && runs !== true)
            standing.set('uncleanshutdown', (await context.host.files.stat(pythonStr(pidFile))) !== undefined);
          events.push(payload([pythonStr(name), standing], ['service_name', name], ['tag', name]));
        }
        return events;
      },
    };
  },
};

interface Look {
  readonly name: Value;
  readonly runs: Value;
  readonly settings: Dict;
  readonly now: number;
}

function isDue(seen: Map<Value, Seen>, { name, runs, settings, now }: Look): boolean {
  if (settings.get('onchangeonly') !== true) return true;
  const delay = Number(settings.get('delay') ?? 0) * 1000;
  const last = seen.get(name);
  if (last?.runs !== runs) {
    const isQuiet = last === undefined && settings.get('emitatstartup') === false;
    seen.set(name, { runs, since: delay > 0 && !isQuiet ? now : undefined });
    return !isQuiet && delay <= 0;
  }
  if (last.since === undefined || now - last.since <= delay) return false;
  last.since = undefined;
  return true;
}
