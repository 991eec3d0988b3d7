import type { Dict, Problem, SourceSpan, Value } from '@brine/common';

/**
 * Where the parts of high data were written. High data stays the plain value that `state.show_highstate` shows;
 * its containers are the keys here.
 */
export interface Origins {
  note(container: Dict | Value[], span: SourceSpan | undefined): void;
  spanOf(container: Value | undefined): SourceSpan | undefined;
  /** Remembers a file's text, so that problems can quote it. */
  noteText(file: string, text: string): void;
  /** The problem with the line it points at, when the file is known. */
  quoted(problem: Problem): Problem;
}

/** Origins that know nothing yet. */
export function createOrigins(): Origins {
  const spans = new WeakMap<object, SourceSpan>();
  const texts = new Map<string, string>();
  return {
    note(container, span) {
      if (span !== undefined) spans.set(container, span);
    },
    spanOf: (container) => (typeof container === 'object' && container !== null ? spans.get(container) : undefined),
    noteText: (file, text) => void texts.set(file, text),
    quoted(problem) {
      if (problem.quotedLine !== undefined || problem.span === undefined) return problem;
      const line = texts.get(problem.span.file)?.split('\n')[problem.span.line - 1];
      return line === undefined ? problem : { ...problem, quotedLine: line.replace(/\r$/, '') };
    },
  };
}
