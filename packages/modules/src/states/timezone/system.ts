import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readClock, readZone, readZoneName, setClock, setZone, zoneFile } from '../../providers/timezone/zone.ts';

/** `timezone.system` */
export const system = defineState({
  name: 'timezone.system',
  summary: 'Keeps the time zone of the machine.',
  args: z.object({
    name: lineText().describe('The zone, e.g. Europe/Amsterdam.'),
    utc: withDefault(flag(), true).describe('Whether the hardware clock runs in UTC.'),
  }),
  examples: [
    `Europe/Amsterdam:
  timezone.system:
    - utc: true`,
  ],
  async check({ name, utc }, { host }) {
    if (name.includes('..') || (await host.files.stat(zoneFile(name), { follow: true }))?.kind !== 'file')
      return fails(`Zone does not exist: ${zoneFile(name)}`);
    const [zone, named, clock] = await Promise.all([readZone(host), readZoneName(host), readClock(host)]);
    const isZone = zone === name && (named === '' || named === name);
    const isClock = utc === (clock === 'UTC');
    if (isZone && isClock) return isOk(`Timezone ${name} already set, UTC already set to ${name}`);
    const changes = { ...(isZone ? {} : { timezone: name }), ...(isClock ? {} : { utc }) };
    return willChange({ comment: `Timezone ${name} needs to be set`, changes }, (machine) =>
      attempt('Failed to set timezone', async () => {
        if (!isZone) await setZone(machine, name);
        if (!isClock) await setClock(machine, utc ? 'UTC' : 'LOCAL');
        return { comment: `Set timezone ${name}`, changes };
      }),
    );
  },
});
