import { TemplateFault } from '../template-fault.ts';
import type { LineIndex } from './line-index.ts';

/** A mistake in how a template is written, at an offset of its text. */
export function syntaxFault(
  lines: LineIndex,
  offset: number,
  problem: { message: string; help?: string },
): TemplateFault {
  const help = problem.help === undefined ? {} : { help: problem.help };
  const error = new TemplateFault('jinja-syntax', problem.message, help);
  error.place = lines.placeAt(offset);
  return error;
}
