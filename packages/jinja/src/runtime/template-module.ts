import { PythonObject, type RuntimeValue } from '../values/runtime-value.ts';
import type { Context } from './context.ts';
import type { Output } from './output.ts';

/** An imported template: the names it offers, and as text what it printed. */
export class TemplateModule extends PythonObject {
  readonly typeName = 'TemplateModule';
  readonly file: string;
  readonly output: Output;
  private readonly context: Context;

  constructor(file: string, context: Context, output: Output) {
    super();
    this.file = file;
    this.context = context;
    this.output = output;
  }

  override repr(): string {
    return `<TemplateModule '${this.file}'>`;
  }

  override toText(): string {
    return this.output.text;
  }

  override attribute(name: string): RuntimeValue | undefined {
    return this.context.exported.has(name) ? this.context.assigned.get(name) : undefined;
  }

  override attributeNames(): Iterable<string> {
    return this.context.exported;
  }
}
