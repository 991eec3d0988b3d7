import type { RuntimeValue } from '../values/runtime-value.ts';
import type { Context } from './context.ts';
import type { Render } from './render.ts';
import type { TemplateCode } from './template-code.ts';

interface FrameInit {
  readonly size: number;
  readonly context: Context;
  readonly render: Render;
  readonly outer?: Frame;
}

/** One call of a template's function: its variables. A slot that holds `undefined` has not been assigned. */
export class Frame {
  readonly slots: (RuntimeValue | undefined)[] = [];
  readonly outer: Frame | undefined;
  readonly context: Context;
  readonly render: Render;
  /** The template that is extended, once the tag has been met. */
  extended: TemplateCode | undefined;

  constructor(init: FrameInit) {
    for (let index = 0; index < init.size; index += 1) this.slots.push(undefined);
    this.outer = init.outer;
    this.context = init.context;
    this.render = init.render;
  }

  /** A frame of a function that is defined in this one. */
  inner(size: number): Frame {
    return new Frame({ size, context: this.context, render: this.render, outer: this });
  }
}
