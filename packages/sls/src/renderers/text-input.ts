import { AppError, pythonTypeName } from '@brine/common';
import type { StageData, StageRequest } from './stage.ts';

/** The text a renderer reads; throws `renderer-input` when the one before it gave data. */
export function textInput({ value }: StageData, { name, source }: StageRequest): string {
  if (typeof value === 'string') return value;
  throw new AppError({
    code: 'renderer-input',
    message: `the renderer ${name} of ${source.file} reads text, but the renderer before it gave a ${pythonTypeName(value)}`,
  });
}

/** Throws `renderer-argument` unless the renderer's argument is one of `known`. */
export function checkArgument({ name, argument, source }: StageRequest, known: readonly string[] = []): void {
  if (argument === '' || known.includes(argument)) return;
  throw new AppError({
    code: 'renderer-argument',
    message: `Unknown renderer option: ${argument} (of the renderer ${name} in ${source.file})`,
  });
}
