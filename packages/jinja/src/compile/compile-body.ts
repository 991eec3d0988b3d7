import type { Execute } from '../runtime/template-code.ts';
import type { Statement } from '../syntax/nodes.ts';
import type { CompileFrame } from './compile-frame.ts';

/** Compiles the statements of a body; handed to the compilers of tags that have one. */
export type CompileBody = (statements: readonly Statement[], at: CompileFrame) => Execute;

const nothing: Execute = () => 'next';

/** Runs statements one after the other until one of them leaves the loop around them. */
export function sequence(steps: readonly Execute[]): Execute {
  const [first, second] = steps;
  if (first === undefined) return nothing;
  if (second === undefined) return first;
  return (frame, output) => {
    for (const step of steps) {
      const flow = step(frame, output);
      if (flow !== 'next') return flow;
    }
    return 'next';
  };
}
