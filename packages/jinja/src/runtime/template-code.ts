import type { LineIndex } from '../source/line-index.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';
import type { Frame } from './frame.ts';
import type { Output } from './output.ts';

/** How a statement ended: `next` goes on, the others leave or repeat the innermost loop. */
export type Flow = 'next' | 'break' | 'continue';

export type Evaluate = (frame: Frame) => RuntimeValue;
export type Execute = (frame: Frame, output: Output) => Flow;

/** A block of a template. */
export interface BlockCode {
  readonly name: string;
  readonly size: number;
  readonly execute: Execute;
}

/** A compiled template; it keeps nothing of a render and can be used by many. */
export interface TemplateCode {
  readonly lines: LineIndex;
  readonly size: number;
  readonly execute: Execute;
  readonly blocks: ReadonlyMap<string, BlockCode>;
}
