import { z } from 'zod';
import { oneOf, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  isSameZone,
  readClock,
  readZone,
  setClock,
  setZone as writeZone,
  zoneFile,
} from '../../providers/timezone/zone.ts';
import { failure } from '../failure.ts';
import { readOutput } from '../run-program.ts';

const timezone = text()
  .refine((value) => /^\w[\w+-]*(\/[\w+-]+)*$/.test(value), 'must be a time zone')
  .describe('The zone, e.g. `Europe/Amsterdam`.');

export const getZone = defineFunction({
  name: 'timezone.get_zone',
  summary: 'The time zone of the machine, e.g. `Europe/Amsterdam`.',
  args: z.object({}),
  examples: ["'*' timezone.get_zone"],
  run: async (_args, { host }) => {
    const zone = await readZone(host);
    if (zone === '') throw failure('Unable to determine timezone');
    return zone;
  },
});

export const getZonecode = defineFunction({
  name: 'timezone.get_zonecode',
  summary: 'The short name of the time zone now in force, e.g. `CEST`.',
  args: z.object({}),
  examples: ["'*' timezone.get_zonecode"],
  run: async (_args, context) => (await readOutput(context, ['date', '+%Z'])).trim(),
});

export const getOffset = defineFunction({
  name: 'timezone.get_offset',
  summary: 'How far local time is from UTC, e.g. `+0200`.',
  args: z.object({}),
  examples: ["'*' timezone.get_offset"],
  run: async (_args, context) => (await readOutput(context, ['date', '+%z'])).trim(),
});

export const setZone = defineFunction({
  name: 'timezone.set_zone',
  summary: 'Sets the time zone of the machine; answers true, or that there is no such zone.',
  args: z.object({ timezone }),
  examples: ["'*' timezone.set_zone 'America/Denver'"],
  async run({ timezone: zone }, context) {
    if (!(await isZone(context, zone))) return `Zone does not exist: ${zoneFile(zone)}`;
    await writeZone(context.host, zone);
    return true;
  },
});

export const zoneCompare = defineFunction({
  name: 'timezone.zone_compare',
  summary: 'Whether the machine is in a time zone, also when that one has another name.',
  args: z.object({ timezone }),
  examples: ["'*' timezone.zone_compare 'America/Denver'"],
  async run({ timezone: zone }, context) {
    if (!(await isZone(context, zone))) throw failure(`Can't find a local timezone "${zone}"`);
    return isSameZone(context.host, zone);
  },
});

export const getHwclock = defineFunction({
  name: 'timezone.get_hwclock',
  summary: 'Whether the hardware clock runs in UTC or in localtime.',
  args: z.object({}),
  examples: ["'*' timezone.get_hwclock"],
  run: async (_args, { host }) => ((await readClock(host)) === 'LOCAL' ? 'localtime' : 'UTC'),
});

export const setHwclock = defineFunction({
  name: 'timezone.set_hwclock',
  summary: 'Says whether the hardware clock runs in UTC or in localtime; answers true.',
  args: z.object({ clock: oneOf('UTC', 'localtime').describe('UTC or localtime.') }),
  examples: ["'*' timezone.set_hwclock UTC"],
  async run({ clock }, { host }) {
    await setClock(host, clock === 'UTC' ? 'UTC' : 'LOCAL');
    return true;
  },
});

async function isZone({ host }: FunctionContext, zone: string): Promise<boolean> {
  return (await host.files.stat(zoneFile(zone), { follow: true }))?.kind === 'file';
}
