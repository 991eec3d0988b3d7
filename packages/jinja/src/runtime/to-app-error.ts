import { AppError, isAppError, type Problem } from '@brine/common';
import type { TemplateFault, TemplatePlace } from '../template-fault.ts';

type Step = NonNullable<Problem['stack']>[number];

/** A fault as users and callers get it: one problem with its place, or those of the file that could not be read. */
export function toAppError(fault: TemplateFault, file: string): AppError {
  const stack = joinRepeated(fault.steps.toReversed());
  const { code, cause, place } = fault;
  const inner = isAppError(cause) ? cause.problems.filter((problem) => problem.span !== undefined) : [];
  const problems =
    inner.length > 0 ? inner.map((problem) => nest(problem, stack, place)) : [toProblem(fault, stack, file)];
  const message = `${fault.message} (${describePlace(place, file)})`;
  return new AppError({ code, message, problems, ...(cause === undefined ? {} : { cause }) });
}

/** The steps, each once: what calls itself without end goes through the same few over and over. */
function joinRepeated(steps: readonly Step[]): Step[] {
  const counted = new Map<string, { readonly step: Step; times: number }>();
  for (const step of steps) {
    const { what, file, line, column = 0 } = step;
    const key = [what, file, line, column].join('\0');
    const known = counted.get(key);
    if (known === undefined) counted.set(key, { step, times: 1 });
    else known.times += 1;
  }
  return Array.from(counted.values(), ({ step: { what, ...span }, times }) => ({
    what: times === 1 ? what : `${what} (${times} times)`,
    ...span,
  }));
}

function describePlace(place: TemplatePlace | undefined, file: string): string {
  return place === undefined ? file : `${place.file} line ${place.line}, column ${place.column}`;
}

function toProblem(fault: TemplateFault, stack: readonly Step[], file: string): Problem {
  const { place, help, code, message } = fault;
  const span = place === undefined ? { file, line: 1 } : { file: place.file, line: place.line, column: place.column };
  return {
    severity: 'error',
    code,
    summary: message,
    span,
    ...(place === undefined ? {} : { quotedLine: place.text }),
    ...(help === undefined ? {} : { help }),
    ...(stack.length === 0 ? {} : { stack }),
  };
}

/** A problem in a file that a template reads, with the way to it. */
function nest(problem: Problem, stack: readonly Step[], place: TemplatePlace | undefined): Problem {
  const last =
    place === undefined ? [] : [{ what: 'the template', file: place.file, line: place.line, column: place.column }];
  return { ...problem, stack: [...stack, ...last, ...(problem.stack ?? [])] };
}
