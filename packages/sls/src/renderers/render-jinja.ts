import { jinjaSettings } from '../context/jinja-settings.ts';
import { templateVariables } from '../context/template-variables.ts';
import type { StageRenderer } from './stage.ts';
import { checkArgument, textInput } from './text-input.ts';

/** The `jinja` renderer: text to text. */
export const renderJinja: StageRenderer = async (input, request) => {
  const { source, context, templates, warn } = request;
  checkArgument(request, ['-s']);
  const text = textInput(input, request);
  const { settings, warnings } = jinjaSettings(context.options, (source.sls ?? '') !== '');
  for (const warning of warnings) warn(warning);
  const variables = templateVariables({ ...source, ...context });
  for (const [name, value] of context.variables ?? []) variables.set(name, value);
  const { file, saltenv } = source;
  const ports = context.ports === undefined ? {} : { ports: context.ports };
  const rendered = await templates.render({ text, file, saltenv, variables, settings, ...ports });
  return { value: rendered.text, rendered };
};
