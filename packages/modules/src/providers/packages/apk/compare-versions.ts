import { compareWithEpoch, rpmRules } from '../compare-segments.ts';

const form = /^(\d+(?:\.\d+)*)([a-z]?)((?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~[0-9a-f]+)?(?:-r(\d+))?$/;
const suffixWords = ['alpha', 'beta', 'pre', 'rc', '', 'cvs', 'svn', 'git', 'hg', 'p'];
const noSuffix = suffixWords.indexOf('');

interface ApkVersion {
  readonly numbers: readonly string[];
  readonly letter: string;
  readonly suffixes: readonly Suffix[];
  readonly revision: number;
}

/** Orders versions of Alpine's apk: `1.2.3a_rc1-r4`. */
export function compareApkVersions(a: string, b: string): number {
  const [left, right] = [readVersion(a), readVersion(b)];
  if (left === undefined || right === undefined) return compareWithEpoch(a, b, rpmRules);
  return (
    compareNumbers(left.numbers, right.numbers) ||
    compareText(left.letter, right.letter) ||
    compareSuffixes(left.suffixes, right.suffixes) ||
    left.revision - right.revision
  );
}

function readVersion(text: string): ApkVersion | undefined {
  const [, numbers, letter = '', words = '', revision = '0'] = form.exec(text) ?? [];
  if (numbers === undefined) return undefined;
  return { numbers: numbers.split('.'), letter, suffixes: readSuffixes(words), revision: Number(revision) };
}

// Behind the first, a number that starts with 0 is compared as a fraction.
function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const [left = '', right = ''] = [a[index], b[index]];
    const isFraction = index > 0 && (left.startsWith('0') || right.startsWith('0'));
    const order = isFraction ? compareText(left, right) : Number(left) - Number(right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

interface Suffix {
  readonly rank: number;
  readonly number: number;
}

function readSuffixes(text: string): readonly Suffix[] {
  return Array.from(text.matchAll(/_([a-z]+)(\d*)/g), ([, word = '', number = '']) => ({
    rank: suffixWords.indexOf(word),
    number: Number(number),
  }));
}

function compareSuffixes(a: readonly Suffix[], b: readonly Suffix[]): number {
  const none: Suffix = { rank: noSuffix, number: 0 };
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const [left, right] = [a[index] ?? none, b[index] ?? none];
    const order = left.rank - right.rank || left.number - right.number;
    if (order !== 0) return order;
  }
  return 0;
}
