import { isAppError } from '@brine/common';
import type { LineIndex } from '../source/line-index.ts';
import { limitFault, TemplateFault } from '../template-fault.ts';
import type { Evaluate, Execute } from './template-code.ts';

/** Evaluates and, when that fails, notes the place in the template, unless an inner one is known. */
export function guardExpression(lines: LineIndex, offset: number, evaluate: Evaluate): Evaluate {
  return (frame) => {
    try {
      return evaluate(frame);
    } catch (error) {
      throw locate(error, lines, offset);
    }
  };
}

/** Like {@link guardExpression}, for statements. */
export function guardStatement(lines: LineIndex, offset: number, execute: Execute): Execute {
  return (frame, output) => {
    try {
      return execute(frame, output);
    } catch (error) {
      throw locate(error, lines, offset);
    }
  };
}

/** A caught error as a fault with a place. */
export function locate(error: unknown, lines: LineIndex, offset: number): TemplateFault {
  const found = toFault(error);
  if (found.place === undefined) found.place = lines.placeAt(causeOf(found, lines, offset));
  else if (found.leaving !== undefined) {
    const { file, line, column } = lines.placeAt(offset);
    found.steps.push({ file, line, column, what: found.leaving });
  }
  found.leaving = undefined;
  return found;
}

/** Where an undefined value arose that failed in the same tag, else where the failure was noticed. */
function causeOf({ arose }: TemplateFault, lines: LineIndex, offset: number): number {
  return arose !== undefined && arose.lines === lines && lines.isSameTag(arose.offset, offset) ? arose.offset : offset;
}

/** Any caught error as a fault. */
export function toFault(error: unknown): TemplateFault {
  if (error instanceof TemplateFault) return error;
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return limitFault('the template recurses too deep');
  }
  if (error instanceof RangeError && /string length|array length/i.test(error.message)) {
    return limitFault('a text or list has grown too large');
  }
  const message = error instanceof Error ? error.message : String(error);
  const [problem] = isAppError(error) ? error.problems : [];
  const help = problem?.help === undefined ? {} : { help: problem.help };
  return new TemplateFault('jinja-error', message, { cause: error, ...help });
}
