import type { SourceSpan } from '@brine/common';
import type { JinjaErrorCode } from './errors.ts';
import type { TextPlace } from './source/line-index.ts';

/** A step on the way into the template that failed: an include, an import, a macro, a block. */
export interface FaultStep extends SourceSpan {
  readonly what: string;
}

/** Where a template stands, with the text for quoting. */
export interface TemplatePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

interface FaultInit {
  readonly help?: string;
  readonly cause?: unknown;
  readonly arose?: TextPlace | undefined;
}

/** A failure inside a template on its way out; gets its place from the innermost node and its steps from the callers. */
export class TemplateFault extends Error {
  readonly code: JinjaErrorCode;
  readonly help: string | undefined;
  place: TemplatePlace | undefined;
  /** Where the undefined value arose whose use failed; where it was used may be lines away. */
  readonly arose: TextPlace | undefined;
  /** The macro, block or the like that the fault has just come out of; its caller turns it into a step. */
  leaving: string | undefined;
  /** Innermost first. */
  readonly steps: FaultStep[] = [];

  constructor(code: JinjaErrorCode, message: string, init: FaultInit = {}) {
    super(message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'TemplateFault';
    this.code = code;
    this.help = init.help;
    this.arose = init.arose;
  }
}

/** What went wrong while a template rendered, in Python's words where it has them. */
export function fault(message: string, help?: string): TemplateFault {
  return new TemplateFault('jinja-error', message, help === undefined ? {} : { help });
}

export function limitFault(message: string): TemplateFault {
  return new TemplateFault('jinja-limit', message);
}
