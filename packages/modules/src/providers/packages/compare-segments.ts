/** What two programs that compare versions segment by segment do differently. */
interface SegmentRules {
  /** rpm: `~` sorts before the end and `^` after it, before anything else. */
  readonly marks: boolean;
  /** pacman: letters that are left over make a version older (`1.0rc` before `1.0`), and lengths of separators count. */
  readonly lettersAreOlder: boolean;
}

/** How rpm compares (rpmvercmp). */
export const rpmRules: SegmentRules = { marks: true, lettersAreOlder: false };
/** How pacman compares (alpm's rpmvercmp). */
export const pacmanRules: SegmentRules = { marks: false, lettersAreOlder: true };

/** Orders `[epoch:]version[-release]`; releases count only where both have one. */
export function compareWithEpoch(a: string, b: string, rules: SegmentRules): number {
  const [left, right] = [split(a), split(b)];
  const epochs = compareSegments(left.epoch, right.epoch, rules);
  if (epochs !== 0) return epochs;
  const versions = compareSegments(left.version, right.version, rules);
  if (versions !== 0 || left.release === undefined || right.release === undefined) return versions;
  return compareSegments(left.release, right.release, rules);
}

function split(whole: string): { readonly epoch: string; readonly version: string; readonly release?: string } {
  const [, epoch = '0', rest = ''] = /^(?:(\d+):)?(.*)$/s.exec(whole) ?? [];
  const dash = rest.lastIndexOf('-');
  if (dash < 0) return { epoch, version: rest };
  return { epoch, version: rest.slice(0, dash), release: rest.slice(dash + 1) };
}

/** What a segment decides: an order, or the rests to go on with; `undefined` at the end of a version. */
type SegmentOutcome = number | readonly [string, string] | undefined;

/** Orders two versions without epoch and release. */
function compareSegments(a: string, b: string, rules: SegmentRules): number {
  let [left, right] = [a, b];
  while (left !== '' || right !== '') {
    const separators = [separatorOf(left, rules), separatorOf(right, rules)] as const;
    [left, right] = [left.slice(separators[0].length), right.slice(separators[1].length)];
    const outcome = rules.marks ? compareMarks(left, right) : undefined;
    const decided = outcome ?? compareNext(left, right, { separators, rules });
    if (typeof decided === 'number') return decided;
    if (decided === undefined) break;
    [left, right] = decided;
  }
  return compareRests(left, right, rules);
}

function compareNext(
  left: string,
  right: string,
  { separators, rules }: { readonly separators: readonly [string, string]; readonly rules: SegmentRules },
): SegmentOutcome {
  if (left === '' || right === '') return undefined;
  if (rules.lettersAreOlder && separators[0].length !== separators[1].length)
    return separators[0].length - separators[1].length;
  return compareHeads(left, right);
}

function compareHeads(left: string, right: string): SegmentOutcome {
  const kind = /^\d/.test(left) ? /^\d+/ : /^[a-zA-Z]+/;
  const parts = [kind.exec(left)?.[0] ?? '', kind.exec(right)?.[0] ?? ''] as const;
  // Numbers are newer than letters.
  if (parts[1] === '') return /^\d/.test(left) ? 1 : -1;
  const order = comparePart(parts[0], parts[1]);
  return order === 0 ? [left.slice(parts[0].length), right.slice(parts[1].length)] : order;
}

function separatorOf(text: string, { marks }: SegmentRules): string {
  return (marks ? /^[^a-zA-Z0-9~^]*/ : /^[^a-zA-Z0-9]*/).exec(text)?.[0] ?? '';
}

function compareMarks(left: string, right: string): SegmentOutcome {
  const rests = [left.slice(1), right.slice(1)] as const;
  if (left.startsWith('~') || right.startsWith('~')) {
    if (!left.startsWith('~')) return 1;
    return right.startsWith('~') ? rests : -1;
  }
  if (!left.startsWith('^') && !right.startsWith('^')) return undefined;
  if (left === '' || right === '') return left === '' ? -1 : 1;
  if (!left.startsWith('^')) return 1;
  return right.startsWith('^') ? rests : -1;
}

function comparePart(a: string, b: string): number {
  if (!/^\d/.test(a)) return a === b ? 0 : a < b ? -1 : 1;
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}

function compareRests(left: string, right: string, { lettersAreOlder }: SegmentRules): number {
  if (left === '' && right === '') return 0;
  if (!lettersAreOlder) return left === '' ? -1 : 1;
  const isAlpha = (text: string): boolean => /^[a-zA-Z]/.test(text);
  return (left === '' && !isAlpha(right)) || isAlpha(left) ? -1 : 1;
}
