import { fault } from '../template-fault.ts';
import { PythonObject, Tuple, type CallArguments, type RuntimeValue } from '../values/runtime-value.ts';
import type { Frame } from './frame.ts';
import { toFault } from './guard.ts';
import { Output } from './output.ts';
import type { Execute } from './template-code.ts';

type Write = (frame: Frame, value: RuntimeValue | undefined) => void;

/** A compiled macro. */
export interface MacroCode {
  readonly name: string;
  readonly size: number;
  readonly parameters: readonly { readonly name: string; readonly write: Write }[];
  /** Where the extra arguments go, when the macro mentions them. */
  readonly writeCaller: Write | undefined;
  readonly writeKeywords: Write | undefined;
  readonly writeRest: Write | undefined;
  readonly execute: Execute;
}

/** A macro, with the frame it was defined in. */
export class Macro extends PythonObject {
  readonly typeName = 'Macro';
  private readonly code: MacroCode;
  private readonly outer: Frame;

  constructor(code: MacroCode, outer: Frame) {
    super();
    this.code = code;
    this.outer = outer;
  }

  override repr(): string {
    return `<Macro '${this.code.name}'>`;
  }

  override get isCallable(): boolean {
    return true;
  }

  override attribute(name: string): RuntimeValue | undefined {
    switch (name) {
      case 'name':
        return this.code.name;
      case 'arguments':
        return new Tuple(this.code.parameters.map((parameter) => parameter.name));
      case 'catch_kwargs':
        return this.code.writeKeywords !== undefined;
      case 'catch_varargs':
        return this.code.writeRest !== undefined;
      case 'caller':
        return this.code.writeCaller !== undefined;
      default:
        return undefined;
    }
  }

  override call(args: CallArguments): RuntimeValue {
    const frame = this.outer.inner(this.code.size);
    this.bind(frame, args);
    const output = new Output(frame.render.outputLimit);
    try {
      frame.render.deeper(() => this.code.execute(frame, output));
    } catch (error) {
      const found = toFault(error);
      found.leaving = this.code.name === 'caller' ? 'the call block' : `macro '${this.code.name}'`;
      throw found;
    }
    return frame.render.rememberOrigins(output);
  }

  private bind(frame: Frame, { positional, keyword }: CallArguments): void {
    const { parameters, writeCaller, writeKeywords, writeRest, name } = this.code;
    const others = new Map<string, RuntimeValue>(keyword);
    let foundCaller = positional.length >= parameters.length && parameters.some((entry) => entry.name === 'caller');
    parameters.forEach((parameter, index) => {
      const given = positional[index];
      parameter.write(frame, given === undefined ? others.get(parameter.name) : given);
      if (given !== undefined) return;
      others.delete(parameter.name);
      foundCaller ||= parameter.name === 'caller';
    });
    if (writeCaller !== undefined && !foundCaller) {
      writeCaller(frame, others.get('caller') ?? frame.render.undefined({ message: 'No caller defined' }));
      others.delete('caller');
    }
    this.bindRest(frame, positional.slice(parameters.length), writeRest);
    if (writeKeywords !== undefined) writeKeywords(frame, new Map<RuntimeValue, RuntimeValue>(others));
    else for (const other of others.keys()) throw fault(`macro '${name}' takes no keyword argument '${other}'`);
  }

  private bindRest(frame: Frame, rest: readonly RuntimeValue[], write: Write | undefined): void {
    const { name, parameters } = this.code;
    if (write !== undefined) write(frame, new Tuple(rest));
    else if (rest.length > 0) throw fault(`macro '${name}' takes not more than ${parameters.length} argument(s)`);
  }
}
