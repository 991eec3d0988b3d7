import type { Dict, Value } from '@brine/common';
import type { StateContext } from '../../kit/index.ts';

/** A text to render for a file that a state manages. */
export interface TemplateSource {
  readonly text: string;
  /** The source's URL, or the file's name when the text stood in the SLS file. */
  readonly origin: string;
  /** `jinja`, or the empty text for none; anything else is refused by the renderer. */
  readonly engine: string;
  readonly defaults: Dict | undefined;
  readonly context: Dict | undefined;
  /** What the template sees beside both: the arguments of the state. */
  readonly variables: Readonly<Record<string, Value | undefined>>;
}

/** Renders a template with its defaults, its context over them, and what earlier steps accumulated for the file. */
export async function renderTemplate(source: TemplateSource, state: StateContext): Promise<string> {
  if (source.engine === '') return source.text;
  const context: Dict = new Map<Value, Value>();
  for (const [name, value] of Object.entries(source.variables)) context.set(name, value ?? null);
  for (const [name, value] of state.unknownArguments) context.set(name, value);
  for (const [name, value] of source.defaults ?? []) context.set(name, value);
  for (const [name, value] of source.context ?? []) context.set(name, value);
  if (state.accumulated.size > 0) {
    const texts = Array.from(state.accumulated, ([name, list]): [Value, Value] => [name, [...list]]);
    context.set('accumulator', new Map(texts));
  }
  const file = source.origin.replace(/^salt:\/\//, '').replace(/\?.*$/, '');
  return state.render({ text: source.text, file, engine: source.engine, context, saltenv: state.step.saltenv });
}
