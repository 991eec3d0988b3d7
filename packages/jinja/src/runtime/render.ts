import { closestName, isAppError, loadJson, loadYaml, type Value } from '@brine/common';
import type { TemplateHost, TemplateSource } from '../template-host.ts';
import { fault, limitFault, TemplateFault } from '../template-fault.ts';
import type { DataFormat } from '../syntax/nodes.ts';
import { iterate } from '../values/iteration.ts';
import { toText } from '../values/python-text.ts';
import { Markup, Tuple, Undefined, type RuntimeValue } from '../values/runtime-value.ts';
import { typeName } from '../values/type-name.ts';
import { getAttribute, getSubscript } from './access.ts';
import { Context } from './context.ts';
import type { Engine } from './engine.ts';
import { Frame } from './frame.ts';
import { toFault } from './guard.ts';
import { Output, type Origin } from './output.ts';
import type { Missing, Runtime } from './runtime.ts';
import { Stopwatch } from './stopwatch.ts';
import type { TemplateCode } from './template-code.ts';
import { TemplateModule } from './template-module.ts';

/** One render: the templates it loads, what it may use, and where it stands. */
export class Render implements Runtime {
  readonly filters: Runtime['filters'];
  readonly tests: Runtime['tests'];
  readonly host: TemplateHost;
  readonly outputLimit: number;
  readonly rangeItems: number;
  readonly stopwatch: Stopwatch;
  /** What every template of the render sees, with or without context. */
  readonly base: Map<string, RuntimeValue>;
  private readonly engine: Engine;
  private readonly modules = new Map<TemplateCode, TemplateModule>();
  private readonly sources = new Map<TemplateCode, TemplateSource>();
  private readonly loaded = new Map<string, TemplateCode | undefined>();
  private readonly printed = new Map<string, Output>();
  private depth = 0;

  constructor(engine: Engine, base: Map<string, RuntimeValue>) {
    this.engine = engine;
    this.base = base;
    this.host = engine.host;
    this.filters = engine.filters;
    this.tests = engine.tests;
    this.outputLimit = engine.limits.outputBytes;
    this.rangeItems = engine.limits.rangeItems;
    this.stopwatch = new Stopwatch(engine.limits.milliseconds);
  }

  tick(): void {
    this.stopwatch.tick();
  }

  untimed<Result>(work: () => Result): Result {
    return this.stopwatch.pausedDuring(work);
  }

  deeper<Result>(work: () => Result): Result {
    this.stopwatch.tick();
    const most = this.engine.limits.depth;
    if (this.depth >= most) throw limitFault(`macros, includes and imports recurse deeper than ${most}`);
    this.depth += 1;
    try {
      return work();
    } finally {
      this.depth -= 1;
    }
  }

  attribute(value: RuntimeValue, name: string): RuntimeValue {
    return getAttribute(value, name, this);
  }

  subscript(value: RuntimeValue, key: RuntimeValue): RuntimeValue {
    return getSubscript(value, key, this);
  }

  undefined({ message, name, candidates }: Missing): Undefined {
    const { strict } = this.engine;
    if (name === undefined || candidates === undefined) return new Undefined({ strict, message });
    return new Undefined({ strict, message, help: () => suggest(name, candidates()) });
  }

  missingName(name: string, context: Context, locals: () => Iterable<string>): Undefined {
    const candidates = (): Iterable<string> => [...locals(), ...context.assigned.keys(), ...context.given.keys()];
    return this.undefined({ message: `'${name}' is undefined`, name, candidates });
  }

  notExported(module: TemplateModule, name: string): Undefined {
    const message = `the template '${module.file}' does not export the requested name '${name}'`;
    return this.undefined({ message, name, candidates: () => module.attributeNames() });
  }

  now(): Date {
    return this.host.now?.() ?? new Date();
  }

  random(): number {
    return this.host.random?.() ?? Math.random();
  }

  log(level: string, message: string): void {
    this.host.log?.(level, message);
  }

  /** Prints a text; where it is the output of a macro or block, its lines keep their own origins. */
  print(output: Output, text: string, origin: Origin): void {
    const own = this.printed.size > 0 && text.includes('\n') ? this.printed.get(text) : undefined;
    if (own === undefined) output.write(text, origin);
    else output.append(own);
  }

  /** The text of an output that becomes a value; its origins are kept for when it is printed. */
  rememberOrigins(output: Output): string {
    const { text } = output;
    if (text.includes('\n')) {
      if (this.printed.size > mostRemembered) this.printed.clear();
      this.printed.set(text, output);
    }
    return text;
  }

  /** The template of a name, as seen from a file. */
  loadTemplate(name: RuntimeValue, parent: string): TemplateCode {
    const wanted = toTemplateName(name);
    const code = this.findTemplate(wanted, parent);
    if (code === undefined) throw fault(`the template '${wanted}' does not exist`);
    return code;
  }

  /** The first of several templates that exists; `undefined` where none may be missing. */
  selectTemplate(names: RuntimeValue, parent: string, ignoreMissing: boolean): TemplateCode | undefined {
    const wanted =
      Array.isArray(names) || names instanceof Tuple
        ? Array.from(iterate(names), toTemplateName)
        : [toTemplateName(names)];
    for (const name of wanted) {
      const code = this.findTemplate(name, parent);
      if (code !== undefined) return code;
    }
    if (ignoreMissing) return undefined;
    const list = wanted.map((name) => `'${name}'`).join(', ');
    throw fault(wanted.length === 1 ? `the template ${list} does not exist` : `none of the templates ${list} exists`);
  }

  private findTemplate(name: string, parent: string): TemplateCode | undefined {
    const key = `${name}\0${parent}`;
    if (this.loaded.has(key)) return this.loaded.get(key);
    const source = this.untimed(() => this.host.loader.load(name, parent));
    const code = source === undefined ? undefined : this.engine.templates.get(source);
    if (source !== undefined && code !== undefined) this.sources.set(code, source);
    this.loaded.set(key, code);
    return code;
  }

  /** Runs a template that sees what is given. */
  include(code: TemplateCode, given: ReadonlyMap<string, RuntimeValue>, output: Output): void {
    this.execute(code, new Context(given, blocksOf(code)), output);
  }

  private execute(code: TemplateCode, context: Context, output: Output): void {
    try {
      this.deeper(() => code.execute(new Frame({ size: code.size, context, render: this }), output));
    } catch (error) {
      const found = toFault(error);
      found.leaving = `template '${code.lines.file}'`;
      throw found;
    }
  }

  /** The names a template offers. Without context a template runs once in a render, whoever imports it. */
  importModule(code: TemplateCode, shared?: ReadonlyMap<string, RuntimeValue>): TemplateModule {
    if (shared !== undefined) return this.runModule(code, shared);
    const known = this.modules.get(code);
    if (known !== undefined) return known;
    const given = new Map(this.base);
    for (const [name, value] of this.ownVariables(code)) given.set(name, value);
    const module = this.runModule(code, given);
    this.modules.set(code, module);
    return module;
  }

  private runModule(code: TemplateCode, given: ReadonlyMap<string, RuntimeValue>): TemplateModule {
    const context = new Context(given, blocksOf(code));
    const output = new Output(this.outputLimit);
    this.execute(code, context, output);
    return new TemplateModule(code.lines.file, context, output);
  }

  /** What a template that is imported without context sees differently from the one that is rendered. */
  private ownVariables(code: TemplateCode): Iterable<[string, RuntimeValue]> {
    const { variables } = this.sources.get(code) ?? {};
    if (variables !== undefined) return Array.from(variables, ([name, value]) => [toText(name), value]);
    if (!this.base.has('tplfile')) return [];
    const { file } = code.lines;
    const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '';
    return [
      ['tplfile', file],
      ['tpldir', folder === '' ? '.' : folder],
      ['tpldot', folder.replaceAll('/', '.')],
    ];
  }

  printModule(code: TemplateCode, output: Output): void {
    const module = this.importModule(code);
    output.append(module.output);
  }

  /** Reads printed text as data; places in errors are those of the templates that printed it. */
  readData(format: DataFormat, file: string, output: Output): RuntimeValue {
    if (format === 'text') return output.text;
    if (format === 'yaml') return loadYaml(output.text, { file, lineOrigins: output.lineOrigins() }).value;
    return readJson(output, file);
  }
}

const mostRemembered = 1000;

function suggest(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = closestName(name, candidates);
  return nearest === undefined ? undefined : `did you mean '${nearest}'?`;
}

function readJson(output: Output, file: string): Value {
  try {
    return loadJson(output.text, { file, lineOrigins: output.lineOrigins() });
  } catch (error) {
    if (!isAppError(error)) throw error;
    throw new TemplateFault('jinja-error', `Unable to load json: ${error.message}`, { cause: error });
  }
}

function toTemplateName(name: RuntimeValue): string {
  if (typeof name === 'string') return name;
  if (name instanceof Markup) return name.text;
  if (name instanceof Undefined) name.fail();
  throw fault(`the name of a template has to be a text, not ${typeName(name)}`);
}

function blocksOf(code: TemplateCode): Context['blocks'] {
  return new Map(Array.from(code.blocks, ([name, block]) => [name, [block]]));
}
