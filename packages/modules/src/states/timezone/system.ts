import { z } from 'zod';
import { defineState, fails, flag, isOk, lineText, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';

const zones = '/usr/share/zoneinfo';

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
    if (name.includes('..') || (await host.files.stat(`${zones}/${name}`, { follow: true }))?.kind !== 'file')
      return fails(`Zone does not exist: ${zones}/${name}`);
    const link = await host.files.readLink('/etc/localtime');
    const named = Buffer.from((await host.files.read('/etc/timezone')) ?? '')
      .toString('utf8')
      .trim();
    const current = link?.replace(/^.*\/zoneinfo\//, '') ?? named;
    const isNamed = named === '' || named === name;
    const adjusted = Buffer.from((await host.files.read('/etc/adjtime')) ?? '').toString('utf8');
    const clock = adjusted.split('\n')[2]?.trim() === 'LOCAL' ? 'localtime' : 'UTC';
    const isClock = utc === (clock === 'UTC');
    if (current === name && isNamed && isClock) return isOk(`Timezone ${name} already set, UTC already set to ${name}`);
    const changes = { ...(current === name && isNamed ? {} : { timezone: name }), ...(isClock ? {} : { utc }) };
    return willChange({ comment: `Timezone ${name} needs to be set`, changes }, (machine) =>
      attempt('Failed to set timezone', async () => {
        if ((await machine.files.stat('/etc/localtime')) !== undefined) await machine.files.remove('/etc/localtime');
        await machine.files.makeSymlink('/etc/localtime', `${zones}/${name}`);
        if (!isNamed) await machine.files.write('/etc/timezone', Buffer.from(`${name}\n`));
        if (!isClock) {
          const lines = adjusted === '' ? ['0.0 0 0.0', '0'] : adjusted.split('\n').slice(0, 2);
          await machine.files.write('/etc/adjtime', Buffer.from([...lines, utc ? 'UTC' : 'LOCAL', ''].join('\n')));
        }
        return { comment: `Set timezone ${name}`, changes };
      }),
    );
  },
});
