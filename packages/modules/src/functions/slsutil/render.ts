import { pythonStr } from '@brine/common';
import { z } from 'zod';
import { dict, optional, text, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { splitSaltenv } from '../saltenv.ts';

export const renderer = defineFunction({
  name: 'slsutil.renderer',
  summary: 'Renders a file, or a text, and answers what comes of it.',
  args: z.object({
    path: optional(text()).describe('Address or path of the file.'),
    string: optional(text()).describe('The text, instead of a file.'),
    default_renderer: withDefault(text(), 'jinja|yaml').describe('Renderers, unless the first line names others.'),
    kwargs: dict().describe('Variables of the template.'),
  }),
  keywords: 'kwargs',
  examples: [
    "'*' slsutil.renderer salt://path/to/file",
    "'*' slsutil.renderer /path/to/file jinja",
    "'*' slsutil.renderer string='Inline template! {{ saltenv }}'",
  ],
  async run({ path, string, default_renderer: pipeline, kwargs }, context) {
    if (context.renderPipeline === undefined) throw failure('slsutil.renderer cannot be called from here.');
    const saltenv = pythonStr(
      kwargs.get('saltenv') ?? (path === undefined ? undefined : splitSaltenv(path).saltenv) ?? 'base',
    );
    if (path === undefined || path === '') {
      if (string === undefined) throw failure('Must pass either path or string');
      return context.renderPipeline({ text: string, file: ':string:', pipeline, context: kwargs, saltenv });
    }
    const fetched = await context.call('cp.get_url', [path, ''], new Map([['saltenv', saltenv]]));
    const content = typeof fetched === 'string' ? await context.host.files.read(fetched) : undefined;
    if (content === undefined) throw failure(`File not found: ${path}`);
    const file = splitSaltenv(path).url.replace(/^salt:\/\//, '');
    return context.renderPipeline({
      text: new TextDecoder().decode(content),
      file,
      pipeline,
      context: kwargs,
      saltenv,
    });
  },
});
