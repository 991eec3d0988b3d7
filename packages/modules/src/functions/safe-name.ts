import { lineText, type Argument } from '../kit/arguments.ts';

/** A name that no program can take for an option: it neither begins with a dash nor has a line break in it. */
export function safeName(what: string): Argument<string> {
  return lineText().refine((value) => value !== '' && !value.startsWith('-'), `must be ${what}`);
}
