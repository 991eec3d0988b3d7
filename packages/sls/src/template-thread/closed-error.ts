import { AppError } from '@brine/common';

/** The error of a request that an engine can no longer serve. */
export function closedError(file: string): AppError {
  return new AppError({
    code: 'template-engine-closed',
    message: `${file} was not rendered: the template engine is closed`,
  });
}
