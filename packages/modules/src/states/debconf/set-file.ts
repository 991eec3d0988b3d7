import { isAppError } from '@brine/common';
import { z } from 'zod';
import { defineState, dict, fails, isOk, optional, text, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { runTool } from '../../providers/commands/run-tool.ts';
import { readAnswers, readSelections } from '../../providers/debconf/debconf.ts';
import { findSource } from '../../providers/files/find-source.ts';
import { renderTemplate } from '../../providers/files/render-template.ts';

/** `debconf.set_file` */
export const setFile = defineState({
  name: 'debconf.set_file',
  summary: 'Keeps the answers of a file to the questions Debian packages ask.',
  args: z.object({
    name: text().describe('Any name.'),
    source: text().describe('URL or path of the file, in the form of debconf-set-selections.'),
    template: optional(text()).describe('The template engine to render the file with: jinja.'),
    context: optional(dict()).describe('Variables of the template, over the defaults.'),
    defaults: optional(dict()).describe('Variables of the template.'),
  }),
  examples: [
    `mail answers:
  debconf.set_file:
    - source: salt://mail/answers`,
  ],
  acceptsUnknown: true,
  async check(args, context) {
    const { source, template: engine, context: variables, defaults } = args;
    const found = await findSource({ source, skipVerify: true, target: args.name }, context);
    if (typeof found === 'string') return fails(found);
    const raw = Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
    const request = { text: raw, origin: found.url, engine: engine ?? '', defaults, context: variables };
    const input = engine === undefined ? raw : await renderTemplate({ ...request, variables: {} }, context);
    try {
      const current = await readAnswers(context.host);
      const wanted = readSelections(input);
      const isSet = wanted.every((answer) => {
        const known = current.get(`${answer.package} ${answer.question}`);
        return known?.type === answer.type && known.value === answer.value;
      });
      if (isSet) return isOk('All specified answers are already set');
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
    const changes = { selections: 'set' };
    return willChange({ comment: 'Debconf selections would have been set.', changes }, (machine) =>
      attempt('Unable to set debconf selections from file', async () => {
        await runTool(machine, ['debconf-set-selections'], { input: input.endsWith('\n') ? input : `${input}\n` });
        return { comment: 'Debconf selections were set.', changes };
      }),
    );
  },
});
