import { AppError, type Dict, type SourceSpan, type Value } from '@brine/common';
import type { JinjaOptions } from './jinja-options.ts';
import type { TemplateHost, TemplateSource } from './template-host.ts';

/** A rendered text. */
export interface RenderedText {
  readonly text: string;
  /** For each line of the text the place it came from. */
  readonly lineOrigins: readonly SourceSpan[];
}

/** Renders templates; compiled templates are kept, by content. */
export interface Jinja {
  /** Throws AppErrors with the codes of `jinjaErrors`, each with one problem that names the place. */
  render(source: TemplateSource, context: ReadonlyMap<string, Value> | Dict): RenderedText;
}

/** A Jinja as Salt sets it up. */
export function createJinja(_options: JinjaOptions, _host: TemplateHost): Jinja {
  return {
    render(source) {
      throw new AppError({ code: 'jinja-error', message: `${source.file} cannot be rendered` });
    },
  };
}
