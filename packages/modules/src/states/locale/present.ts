import { z } from 'zod';
import { defineState, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { madeLocales, normalLocale } from '../../providers/locales/locales.ts';
import { makeLocale } from '../../providers/locales/make-locale.ts';

/** `locale.present` */
export const present = defineState({
  name: 'locale.present',
  summary: 'Keeps a locale made, on Debian and its kin.',
  args: z.object({ name: lineText().describe('The locale, e.g. en_US.UTF-8.') }),
  examples: [
    `en_US.UTF-8:
  locale.present: []`,
  ],
  async check({ name }, { host, signal }) {
    if (!/^[A-Za-z]\w*(\.[\w-]+)?(@\w+)?( +[\w-]+)?$/.test(name))
      return fails(`The name ${name} cannot be that of a locale`);
    const wanted = normalLocale(name);
    if ((await madeLocales(host)).has(wanted)) return isOk(`Locale ${name} is already present`);
    const changes = { locale: name };
    return willChange({ comment: `Locale ${name} needs to be generated`, changes }, (machine) =>
      attempt(`Failed to generate locale ${name}`, async () => {
        if (await makeLocale(machine, name, signal)) return { comment: `Generated locale ${name}`, changes };
        return { comment: `Failed to generate locale ${name}`, changes: {}, failed: true };
      }),
    );
  },
});
