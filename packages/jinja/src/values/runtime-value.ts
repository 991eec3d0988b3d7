import type { Float } from '@brine/common';
import type { TextPlace } from '../source/line-index.ts';
import { fault, TemplateFault } from '../template-fault.ts';
import { textLength, toCharacters } from './text-units.ts';

/** A dict inside a template; its keys may be tuples. */
export type RuntimeDict = Map<RuntimeValue, RuntimeValue>;

/** Everything a template computes with: the values of `@brine/common` and Python's other objects. */
export type RuntimeValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Uint8Array
  | RuntimeValue[]
  | RuntimeDict
  | PythonObject;

export interface CallArguments {
  readonly positional: readonly RuntimeValue[];
  readonly keyword: ReadonlyMap<string, RuntimeValue>;
}

/** An object with Python's protocols; every one is absent unless overridden. */
export abstract class PythonObject {
  abstract readonly typeName: string;

  repr(): string {
    return `<${this.typeName} object>`;
  }

  toText(): string {
    return this.repr();
  }

  isTrue(): boolean {
    const size = this.size();
    return size === undefined || size > 0;
  }

  /** `object.name`; `undefined` when there is no such attribute. */
  attribute(_name: string): RuntimeValue | undefined {
    return undefined;
  }

  /** `object[key]`; `undefined` when there is no such item. */
  item(_key: RuntimeValue): RuntimeValue | undefined {
    return undefined;
  }

  iterate(): Iterable<RuntimeValue> | undefined {
    return undefined;
  }

  size(): number | undefined {
    return undefined;
  }

  get isCallable(): boolean {
    return false;
  }

  call(_args: CallArguments): RuntimeValue {
    throw fault(`'${this.typeName}' object is not callable`);
  }

  /** `value in object`; `undefined` where the members have to be tried one by one. */
  contains(_value: RuntimeValue): boolean | undefined {
    return undefined;
  }

  equals(other: RuntimeValue): boolean {
    return this === other;
  }

  /** Names offered when an attribute is misspelt. */
  attributeNames(): Iterable<string> {
    return [];
  }
}

/** A tuple. */
export class Tuple extends PythonObject {
  readonly typeName: string = 'tuple';
  readonly items: readonly RuntimeValue[];

  constructor(items: readonly RuntimeValue[]) {
    super();
    this.items = items;
  }

  override iterate(): Iterable<RuntimeValue> {
    return this.items;
  }

  override size(): number {
    return this.items.length;
  }
}

/** Text marked as safe to put into HTML; all filters but the escaping ones take it as text. */
export class Markup extends PythonObject {
  readonly typeName = 'Markup';
  readonly text: string;

  constructor(text: string) {
    super();
    this.text = text;
  }

  override toText(): string {
    return this.text;
  }

  override iterate(): Iterable<RuntimeValue> {
    return toCharacters(this.text);
  }

  override size(): number {
    return textLength(this.text);
  }
}

interface UndefinedInit {
  readonly strict: boolean;
  readonly message: string;
  /** What to do about it; worked out only when it is used. */
  readonly help?: () => string | undefined;
  /** An attribute that the sandbox hides, not one that is missing. */
  readonly forbidden?: boolean;
}

/** What a missing variable, attribute or argument evaluates to. */
export class Undefined extends PythonObject {
  readonly typeName = 'Undefined';
  readonly strict: boolean;
  readonly message: string;
  private readonly help: (() => string | undefined) | undefined;
  readonly forbidden: boolean;
  private arose: TextPlace | undefined;

  constructor(init: UndefinedInit) {
    super();
    this.strict = init.strict;
    this.message = init.message;
    this.help = init.help;
    this.forbidden = init.forbidden ?? false;
  }

  /** Notes where the value arose, unless that is known. */
  ariseAt(place: TextPlace): this {
    this.arose ??= place;
    return this;
  }

  fail(): never {
    const help = this.help?.();
    const code = this.forbidden ? 'jinja-error' : 'jinja-undefined';
    throw new TemplateFault(code, this.message, { arose: this.arose, ...(help === undefined ? {} : { help }) });
  }

  private refuseWhenStrict(): void {
    if (this.strict) this.fail();
  }

  override repr(): string {
    return 'Undefined';
  }

  override toText(): string {
    this.refuseWhenStrict();
    return '';
  }

  override isTrue(): boolean {
    this.refuseWhenStrict();
    return false;
  }

  override attribute(): never {
    return this.fail();
  }

  override item(): never {
    return this.fail();
  }

  override iterate(): Iterable<RuntimeValue> {
    this.refuseWhenStrict();
    return [];
  }

  override size(): number {
    this.refuseWhenStrict();
    return 0;
  }

  override get isCallable(): boolean {
    return true;
  }

  override call(): never {
    return this.fail();
  }

  override contains(): boolean {
    this.refuseWhenStrict();
    return false;
  }

  override equals(other: RuntimeValue): boolean {
    this.refuseWhenStrict();
    return other instanceof Undefined;
  }
}
