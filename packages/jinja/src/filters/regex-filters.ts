import { matchAtStart, search, substitute, type RegexUse } from '../regex/python-regex.ts';
import { toFlag, toTextArgument } from '../runtime/argument-values.ts';
import { routine, type Routine } from '../runtime/routine.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Tuple, type RuntimeValue } from '../values/runtime-value.ts';

interface Options {
  readonly ignoreCase: RuntimeValue | undefined;
  readonly multiline: RuntimeValue | undefined;
  readonly runtime: Runtime;
}

function useOf({ ignoreCase, multiline, runtime }: Options): RegexUse {
  return { flags: { ignoreCase: toFlag(ignoreCase), multiline: toFlag(multiline) }, runtime };
}

/** The groups of a match as Python gives them. */
function groupsOf(match: RegExpExecArray | undefined): RuntimeValue {
  if (match === undefined) return null;
  return new Tuple(match.slice(1).map((group: string | undefined) => group ?? null));
}

/** Python's `re.escape`. */
function escapeRegex(text: string): string {
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&');
}

export const regexFilters: readonly Routine[] = [
  routine('regex_search', 'rgx ignorecase? multiline?', (value, [pattern, ignoreCase, multiline], runtime) =>
    groupsOf(search(toTextArgument(pattern), toTextArgument(value), useOf({ ignoreCase, multiline, runtime }))),
  ),
  routine('regex_match', 'rgx ignorecase? multiline?', (value, [pattern, ignoreCase, multiline], runtime) =>
    groupsOf(matchAtStart(toTextArgument(pattern), toTextArgument(value), useOf({ ignoreCase, multiline, runtime }))),
  ),
  routine('regex_replace', 'rgx val ignorecase? multiline?', (value, [pattern, val, ignoreCase, multiline], runtime) =>
    substitute(
      toTextArgument(pattern),
      toTextArgument(val),
      toTextArgument(value),
      useOf({ ignoreCase, multiline, runtime }),
    ),
  ),
  routine('regex_escape', '', (value) => escapeRegex(toTextArgument(value))),
];
