import type { AppError, Dict, SourceSpan, Value } from '@brine/common';
import { compileTemplate } from './compile/compile-template.ts';
import { filterTable } from './filters/filter-table.ts';
import { placeFunctions } from './globals/place-functions.ts';
import { createGlobals } from './globals/template-globals.ts';
import { showFullContext } from './globals/show-full-context.ts';
import type { JinjaOptions } from './jinja-options.ts';
import type { Engine } from './runtime/engine.ts';
import { toFault } from './runtime/guard.ts';
import { Output } from './runtime/output.ts';
import { Render } from './runtime/render.ts';
import { TemplateCache } from './runtime/template-cache.ts';
import { toAppError } from './runtime/to-app-error.ts';
import { createLexerRules } from './source/lexer-rules.ts';
import type { TemplateHost, TemplateSource } from './template-host.ts';
import { testTable } from './tests/test-table.ts';
import type { RuntimeValue } from './values/runtime-value.ts';

/** A rendered text. */
export interface RenderedText {
  readonly text: string;
  /** For each line of the text the place it came from. */
  readonly lineOrigins: readonly SourceSpan[];
}

/** Renders templates; compiled templates are kept, by content. */
export interface Jinja {
  /** Throws AppErrors with the codes of `jinjaErrors`, each with problems that name the place. */
  render(source: TemplateSource, context: ReadonlyMap<string, Value> | Dict): RenderedText;
}

/**
 * A Jinja as Salt 3006 sets it up: with its tags, filters, tests and globals, no escaping, and undefined variables as
 * errors unless asked otherwise. The variable `salt` calls `host.call`. Templates that are imported without context
 * run once in a render.
 */
export function createJinja(options: JinjaOptions, host: TemplateHost): Jinja {
  const rules = createLexerRules(options);
  const { limits } = options;
  const tables = { filters: filterTable, tests: testTable };
  const engine: Engine = {
    host,
    strict: options.undefined !== 'lenient',
    limits: {
      milliseconds: limits?.milliseconds ?? 10_000,
      outputBytes: limits?.outputBytes ?? 64 * 1024 * 1024,
      depth: limits?.depth ?? 200,
      rangeItems: limits?.rangeItems ?? 100_000,
    },
    ...tables,
    templates: new TemplateCache((source) => compileTemplate(source, rules, tables)),
  };
  const { functions = {} } = options;
  return { render: (source, context) => renderSource({ engine, functions }, source, context) };
}

interface Setup {
  readonly engine: Engine;
  readonly functions: NonNullable<JinjaOptions['functions']>;
}

function renderSource(setup: Setup, source: TemplateSource, context: ReadonlyMap<Value, Value>): RenderedText {
  try {
    const output = run(setup, source, context);
    return new FinishedText(output);
  } catch (error) {
    throw toError(error, source.file);
  }
}

function toError(error: unknown, file: string): AppError {
  return toAppError(toFault(error), file);
}

function run({ engine, functions }: Setup, source: TemplateSource, context: ReadonlyMap<Value, Value>): Output {
  const base = new Map<string, RuntimeValue>();
  const render = new Render(engine, base);
  for (const [name, value] of createGlobals(render)) base.set(name, value);
  base.set('show_full_context', showFullContext(base));
  for (const [name, value] of context) if (typeof name === 'string') base.set(name, value);
  placeFunctions(functions, base, render);
  const output = new Output(render.outputLimit);
  const code = engine.templates.get(source);
  render.include(code, base, output);
  // Jinja drops the last line break of a template; Salt puts it back.
  if (source.text.endsWith('\n')) output.write('\n', { file: source.file, line: code.lines.lastLine, advances: false });
  return output;
}

/** The places are worked out only for those who ask: most renders need no more than the text. */
class FinishedText implements RenderedText {
  readonly text: string;
  private readonly output: Output;
  private origins: readonly SourceSpan[] | undefined;

  constructor(output: Output) {
    this.output = output;
    this.text = output.text;
  }

  get lineOrigins(): readonly SourceSpan[] {
    this.origins ??= this.output.lineOrigins().map(({ file, line }) => ({ file, line }));
    return this.origins;
  }
}
