import { argument, withDefault, type Argument } from '../../kit/index.ts';
import { readRegexFlags, type RegexFlags } from './python-regex.ts';

/** The `flags` of a regular expression: names or a number; MULTILINE unless given. */
export function regexFlags(): Argument<RegexFlags> {
  return withDefault(
    argument('flags of a regular expression', (value) => {
      const items = Array.isArray(value) ? value : [value];
      const flags = items.filter((item) => typeof item === 'string' || typeof item === 'number');
      return flags.length === items.length ? readRegexFlags(flags) : undefined;
    }),
    { multiline: true },
  );
}
