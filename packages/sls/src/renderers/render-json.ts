import { AppError, isAppError, loadJson, type SourceSpan } from '@brine/common';
import type { RenderedText } from '@brine/jinja';
import type { StageRenderer } from './stage.ts';
import { checkArgument, textInput } from './text-input.ts';

/** The `json` renderer: text to data. A renderer line in front is skipped; an empty text is an empty dict. */
export const renderJson: StageRenderer = async (input, request) => {
  checkArgument(request);
  // Only the line's text goes, not its line break: line numbers stay those of the file.
  const text = textInput(input, request).replace(/^#![^\n]*/, '');
  if (text.trim() === '') return { value: new Map() };
  try {
    return await Promise.resolve({ value: loadJson(text) });
  } catch (error) {
    throw withSpan(error, text, { file: request.source.file, rendered: input.rendered });
  }
};

function withSpan(
  caught: unknown,
  text: string,
  { file, rendered }: { readonly file: string; readonly rendered: RenderedText | undefined },
): unknown {
  if (!isAppError(caught)) return caught;
  const { code, message, details } = caught;
  const { line, column } = details;
  if (typeof line !== 'number') return caught;
  const span: SourceSpan = rendered?.lineOrigins[line - 1] ?? { file, line };
  const quotedLine = text.split('\n')[line - 1] ?? '';
  const place = typeof column === 'number' && rendered === undefined ? { ...span, column } : span;
  const summary = message.replace(/ at line \d+, column \d+$/, '');
  return new AppError({
    code,
    message,
    details,
    problems: [{ severity: 'error', code, summary, span: place, quotedLine }],
    cause: caught,
  });
}
