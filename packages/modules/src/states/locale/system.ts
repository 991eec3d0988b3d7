import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readSystemLocale, writeSystemLocale } from '../../providers/locales/system-locale.ts';

/** `locale.system` */
export const system = defineState({
  name: 'locale.system',
  summary: 'Keeps the locale of the machine.',
  args: z.object({ name: lineText().describe('The locale, e.g. en_US.UTF-8.') }),
  examples: [
    `en_US.UTF-8:
  locale.system: []`,
  ],
  async check({ name }, { host }) {
    if (!/^[A-Za-z][\w.@-]*$/.test(name)) return fails(`The name ${name} cannot be that of a locale`);
    const current = await readSystemLocale(host);
    if (current === name) return isOk(`System locale ${name} already set`);
    const changes = { locale: name };
    return willChange({ comment: `System locale ${name} needs to be set`, changes }, (machine) =>
      attempt(`Failed to set system locale to ${name}`, async () => {
        await writeSystemLocale(machine, name);
        return { comment: `Set system locale ${name}`, changes };
      }),
    );
  },
});
