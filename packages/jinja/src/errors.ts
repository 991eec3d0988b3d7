/** Every code this package throws, with what it means in one line. */
export const jinjaErrors = {
  'jinja-syntax':
    'a template is not written as Jinja: unknown tag, filter or test, unclosed block or text, bad expression',
  'jinja-undefined': 'a template uses a variable, attribute or argument that does not exist',
  'jinja-error': 'a template failed while it rendered: wrong types, a missing key or file, a function that raised',
  'jinja-limit': 'a template took too long, recursed too deep or grew too large',
} as const;

/** A code out of {@link jinjaErrors}. */
export type JinjaErrorCode = keyof typeof jinjaErrors;
