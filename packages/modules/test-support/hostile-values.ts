import { createHash } from 'node:crypto';
import { pythonRepr, toFloat, toValue, type Plain, type Value } from '@brine/common';

/** Values that an argument may be given by mistake or by malice: wrong types, and texts with a meaning of their own. */
const hostileValues: Readonly<Record<string, Value>> = {
  'a number': 7,
  'a negative number': -1,
  'a fraction': toFloat(2.5),
  'a huge number': 10n ** 40n,
  true: true,
  false: false,
  null: null,
  'an empty text': '',
  'a blank': ' ',
  'a text': 'word',
  'a text of two lines': 'a\nb: c',
  'an option': '-x',
  'a long option': '--brine-probe=1',
  'a path upwards': '../../etc/passwd',
  'a path upwards within one': 'a/../../../../../etc/passwd',
  'a long text': 'a-'.repeat(20_000),
  'a NUL': 'a\0b',
  'a path with a NUL': '/etc/a\0b',
  'a path with two lines': '/etc/a\nb',
  'a template': '{{ 1 / 0 }}',
  'a broken pattern': '([',
  'letters of other scripts': 'ä漢🧂\u202e',
  'a lone surrogate': '\ud800',
  'an empty list': [],
  'a list': ['word', 7, null],
  'a list of dicts': [new Map<Value, Value>([['word', new Map([['deep', [1]]])]])],
  'an empty dict': new Map(),
  'a dict': new Map<Value, Value>([
    ['word', 7],
    [8080, null],
    ['__proto__', 'x'],
  ]),
  'a list in a list': [[['word']]],
};

/** One value in so many is tried at a place, the same ones in every run: all of them everywhere take minutes. */
const share = 24;

/** Where a path upwards is always tried. */
const soundsLikeAPath = /(file(name)?|path|config|exports|save|source|dest|dir(ectory)?)$/;

/** Some of the hostile values, for a place that a key names; every value gets its turn somewhere. */
export function hostileValuesFor(key: string): readonly (readonly [kind: string, value: Value])[] {
  return Object.entries(hostileValues).filter(
    ([kind]) =>
      (kind.startsWith('a path upwards') && soundsLikeAPath.test(key)) ||
      createHash('sha1').update(`${key} ${kind}`).digest().readUInt32BE() % share === 0,
  );
}

/** Ends with the work, or throws when that has not come to an end in time. */
export async function endsWithin<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it has not ended within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether work ended because it was told to, as everything that waits does. */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || (error instanceof Error && error.name === 'AbortError'));
}

/** What JavaScript says where a program did not think of a value; no user can do anything with it. */
const machineWords =
  /\[object \w+\]|Cannot (?:read|set) prop|is not (?:a function|iterable|a constructor)|out of range\. It must|\bundefined\b|\bNaN\b|ERR_[A-Z]{3}/;

/** Words of JavaScript in what a user is told; `undefined` when there are none. */
export function machineWordsIn(told: unknown): string | undefined {
  const text = typeof told === 'string' ? told : pythonRepr(toValue((told ?? null) as Plain));
  const found = machineWords.exec(text);
  if (found === null) return undefined;
  return `it tells of ${JSON.stringify(text.slice(Math.max(0, found.index - 60), found.index + 60))}`;
}
