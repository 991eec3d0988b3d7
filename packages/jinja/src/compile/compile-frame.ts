import type { Routine } from '../runtime/routine.ts';
import type { BlockCode } from '../runtime/template-code.ts';
import type { LineIndex } from '../source/line-index.ts';
import { type Scope, Unit } from './scope.ts';

/** What all of a template's compilation shares. */
export interface CompileState {
  readonly lines: LineIndex;
  readonly filters: ReadonlyMap<string, Routine>;
  readonly tests: ReadonlyMap<string, Routine>;
  readonly blocks: Map<string, BlockCode>;
}

interface Flags {
  /** Whether names assigned here are offered to importers and seen by includes. */
  readonly toplevel: boolean;
  /** Whether the code may never run: an unknown filter is only an error when it is reached. */
  readonly soft: boolean;
  /** Whether assigned names stay out of the context although this is the top level of a block. */
  readonly isBlock: boolean;
  /** Whether printing depends on the template extending another. */
  readonly checksOutput: boolean;
  readonly autoescape: boolean;
}

/** Where in a template compilation stands. */
export class CompileFrame implements Flags {
  readonly state: CompileState;
  readonly scope: Scope;
  readonly toplevel: boolean;
  readonly soft: boolean;
  readonly isBlock: boolean;
  readonly checksOutput: boolean;
  readonly autoescape: boolean;

  constructor(state: CompileState, scope: Scope, flags: Flags) {
    this.state = state;
    this.scope = scope;
    this.toplevel = flags.toplevel;
    this.soft = flags.soft;
    this.isBlock = flags.isBlock;
    this.checksOutput = flags.checksOutput;
    this.autoescape = flags.autoescape;
  }

  /** The same place, in code that may never run. */
  softened(): CompileFrame {
    return this.soft ? this : new CompileFrame(this.state, this.scope, { ...this.flags(), soft: true });
  }

  /** The same place in a block, for the tags that offer their names to the whole template even there. */
  asTemplateTop(): CompileFrame {
    return new CompileFrame(this.state, this.scope, { ...this.flags(), isBlock: false });
  }

  /** A scope inside, in the same function. */
  inner(flags: Partial<Flags> = {}): CompileFrame {
    return this.enter(this.scope.inner(), flags);
  }

  /** A scope inside, in a function of its own. */
  innerUnit(): CompileFrame {
    return this.enter(this.scope.inner(new Unit(this.scope.unit)), { checksOutput: false });
  }

  private enter(scope: Scope, flags: Partial<Flags>): CompileFrame {
    const { autoescape, checksOutput } = this;
    const fresh = { toplevel: false, soft: false, isBlock: false, autoescape, checksOutput };
    return new CompileFrame(this.state, scope, { ...fresh, ...flags });
  }

  private flags(): Flags {
    const { toplevel, soft, isBlock, checksOutput, autoescape } = this;
    return { toplevel, soft, isBlock, checksOutput, autoescape };
  }
}
