import { isAppError } from '@brine/common';
import { z } from 'zod';
import { flag, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { madeLocales, normalLocale } from '../../providers/locales/locales.ts';
import { makeLocale } from '../../providers/locales/make-locale.ts';
import { readSystemLocale, writeSystemLocale } from '../../providers/locales/system-locale.ts';
import { readOutput } from '../run-program.ts';

const locale = text()
  .refine((value) => /^[A-Za-z]\w*(\.[\w-]+)?(@\w+)?( [\w-]+)?$/.test(value), 'must be a locale')
  .describe('The locale, e.g. `de_DE.UTF-8`.');

export const listAvail = defineFunction({
  name: 'locale.list_avail',
  summary: 'The locales that programs can use.',
  args: z.object({}),
  examples: ["'*' locale.list_avail"],
  run: async (_args, context) => (await readOutput(context, ['locale', '-a'])).trim().split('\n'),
});

export const avail = defineFunction({
  name: 'locale.avail',
  summary: 'Whether programs can use a locale.',
  args: z.object({ locale }),
  examples: ["'*' locale.avail en_US.UTF-8"],
  run: async ({ locale: wanted }, { host }) => (await madeLocales(host)).has(normalLocale(wanted)),
});

export const getLocale = defineFunction({
  name: 'locale.get_locale',
  summary: 'The locale of the system; an empty text when none is set.',
  args: z.object({}),
  examples: ["'*' locale.get_locale"],
  run: (_args, { host }) => readSystemLocale(host),
});

export const setLocale = defineFunction({
  name: 'locale.set_locale',
  summary: 'Sets the locale of the system; answers true.',
  args: z.object({ locale }),
  examples: ["'*' locale.set_locale 'en_US.UTF-8'"],
  async run({ locale: wanted }, { host }) {
    await writeSystemLocale(host, wanted);
    return true;
  },
});

export const genLocale = defineFunction({
  name: 'locale.gen_locale',
  ignoresOthers: true,
  summary: 'Makes a locale for programs to use; answers whether that went well.',
  args: z.object({
    locale,
    verbose: withDefault(flag(), false).describe('Fail with what the program says, rather than answer false.'),
  }),
  examples: ["'*' locale.gen_locale en_US.UTF-8", "'*' locale.gen_locale 'en_IE.UTF-8 UTF-8'"],
  async run({ locale: wanted, verbose }, { host, log, signal }) {
    try {
      return await makeLocale(host, wanted, signal);
    } catch (error) {
      if (!isAppError(error, 'state-failed') || verbose) throw error;
      log.error('the locale was not made', { locale: wanted, said: error.message });
      return false;
    }
  },
});
