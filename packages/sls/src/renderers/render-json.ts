import { loadJson } from '@brine/common';
import type { StageRenderer } from './stage.ts';
import { checkArgument, textInput } from './text-input.ts';

/** The `json` renderer: text to data. A renderer line in front is skipped; an empty text is an empty dict. */
export const renderJson: StageRenderer = async (input, request) => {
  checkArgument(request);
  // Only the line's text goes, not its line break: line numbers stay those of the file.
  const text = textInput(input, request).replace(/^#![^\n]*/, '');
  if (text.trim() === '') return { value: new Map() };
  const origins = input.rendered === undefined ? {} : { lineOrigins: input.rendered.lineOrigins };
  return Promise.resolve({ value: loadJson(text, { file: request.source.file, ...origins }) });
};
