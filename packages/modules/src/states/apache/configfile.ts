import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, fails, isOk, lineText, valueList, willChange } from '../../kit/index.ts';
import { writeApacheConfig } from '../../providers/apache/write-config.ts';
import { attempt } from '../../providers/commands/attempt.ts';

/** `apache.configfile` */
export const configfile = defineState({
  name: 'apache.configfile',
  summary: 'Keeps a file of configuration of Apache, written as data.',
  args: z.object({
    name: lineText().describe('Absolute path of the file.'),
    config: valueList().describe(
      'Directives, each a dict of its name and value; a section is a dict or a list whose `this` says what it is for.',
    ),
  }),
  examples: [
    `/etc/apache2/conf-available/app.conf:
  apache.configfile:
    - config:
      - Listen: '8080'
      - VirtualHost:
          this: '*:8080'
          ServerName: app.example.org
          Directory:
            this: /srv/app
            Require: all granted`,
  ],
  async check({ name, config }, { host }) {
    if (!name.startsWith('/')) return fails(`${name} is not an absolute path`);
    const wanted = tryWrite(config);
    if ('refusal' in wanted) return fails(wanted.refusal);
    const current = Buffer.from((await host.files.read(name)) ?? '').toString('utf8');
    if (current.trim() === wanted.text.trim()) return isOk('Configuration is up to date.');
    const changes = { old: current, new: wanted.text };
    return willChange({ comment: 'Configuration will update.', changes }, (machine) =>
      attempt('Failed to create apache configuration', async () => {
        await machine.files.write(name, Buffer.from(`${wanted.text}\n`));
        return { comment: 'Successfully created configuration.', changes };
      }),
    );
  },
});

function tryWrite(
  config: Parameters<typeof writeApacheConfig>[0],
): { readonly text: string } | { readonly refusal: string } {
  try {
    return { text: writeApacheConfig(config) };
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    return { refusal: caught.message };
  }
}
