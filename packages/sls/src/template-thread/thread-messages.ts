import { AppError, isAppError, type Problem, type SourceSpan } from '@brine/common';
import type { JinjaOptions } from '@brine/jinja';

/** What the template thread is started with. */
export interface ThreadStart {
  /** Raised and notified with every message to the thread, so that it can wait for one while it renders. */
  readonly signal: Int32Array;
}

/** A text for the thread to render. Values travel as bytes of the wire codec. */
export interface RenderMessage {
  readonly kind: 'render';
  readonly text: string;
  readonly file: string;
  readonly saltenv: string;
  readonly settings: JinjaOptions;
  readonly variables: Uint8Array;
  readonly hasNames: boolean;
  readonly hasFiles: boolean;
}

/**
 * The answer to an {@link AskMessage}; `bytes` is absent when the answer is `undefined`. `changed` are the arguments
 * as a function left them, when it changed a dict or list among them in place.
 */
export type AnswerMessage =
  | { readonly kind: 'answer'; readonly bytes?: Uint8Array; readonly changed?: Uint8Array }
  | { readonly kind: 'refusal'; readonly error: ErrorMessage };

/** What the thread hears. */
export type ThreadRequest = RenderMessage | AnswerMessage;

/** What a template asks of its ports: the port's name and the arguments as the bytes of a list. */
export interface AskMessage {
  readonly kind: 'ask';
  readonly port: AskPort;
  readonly bytes: Uint8Array;
}

/** A port that templates ask. */
export type AskPort = 'template' | 'call' | 'has' | `files.${'read' | 'size' | 'isFile' | 'list' | 'which' | 'userId'}`;

/** What the thread says. */
export type ThreadReport =
  | AskMessage
  | { readonly kind: 'log'; readonly level: string; readonly message: string }
  | { readonly kind: 'rendered'; readonly text: string; readonly origins: PackedOrigins }
  | { readonly kind: 'failed'; readonly error: ErrorMessage };

/** Source spans in few objects, since a text has one for each line: file index, line and column, column 0 for none. */
export interface PackedOrigins {
  readonly files: readonly string[];
  readonly cells: Int32Array;
}

/** Packs the origins of a text's lines. */
export function packOrigins(spans: readonly SourceSpan[]): PackedOrigins {
  const indexes = new Map<string, number>();
  const cells = new Int32Array(spans.length * 3);
  for (const [index, { file, line, column }] of spans.entries()) {
    const known = indexes.get(file);
    const fileIndex = known ?? indexes.size;
    if (known === undefined) indexes.set(file, fileIndex);
    cells.set([fileIndex, line, column ?? 0], index * 3);
  }
  return { files: [...indexes.keys()], cells };
}

/** Reverses {@link packOrigins}. */
export function unpackOrigins({ files, cells }: PackedOrigins): SourceSpan[] {
  const spans: SourceSpan[] = [];
  for (let index = 0; index < cells.length; index += 3) {
    const [fileIndex = 0, line = 0, column = 0] = cells.subarray(index, index + 3);
    spans.push({ file: files[fileIndex] ?? '', line, ...(column === 0 ? {} : { column }) });
  }
  return spans;
}

/** An AppError, or what else was thrown, on its way between threads. */
export interface ErrorMessage {
  /** Absent when the error was none of ours. */
  readonly code?: string;
  readonly message: string;
  readonly details?: string;
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

/** Makes a caught error ready to travel. */
export function toErrorMessage(caught: unknown): ErrorMessage {
  const message = caught instanceof Error ? caught.message : String(caught);
  if (!isAppError(caught)) return { message, problems: [], exitCode: 1 };
  const { code, problems, exitCode, details } = caught;
  // Details go as text: unlike the rest they may hold what cannot be cloned.
  return { code, message, problems, exitCode, details: JSON.stringify(details) };
}

/** Makes an error that has arrived; one that was none of ours gets `code`. */
export function fromErrorMessage(error: ErrorMessage, code: string): AppError {
  const details = error.details === undefined ? {} : { details: JSON.parse(error.details) as Record<string, unknown> };
  const { message, problems, exitCode } = error;
  return new AppError({ code: error.code ?? code, message, problems, exitCode, ...details });
}
