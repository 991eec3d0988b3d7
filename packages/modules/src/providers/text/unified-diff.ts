import { matchLines, type EditStep } from './match-lines.ts';

/** How the parts of a diff are ended. */
export interface DiffStyle {
  /** What control lines (`---`, `+++`, `@@`) end with; a newline unless given. */
  readonly lineEnd?: string;
  /** How many equal lines are shown around a change; 3 unless given. */
  readonly context?: number;
}

/** The lines of a unified diff without file names, as Python's difflib gives them; none when nothing differs. */
export function unifiedDiff(a: readonly string[], b: readonly string[], style: DiffStyle = {}): readonly string[] {
  const end = style.lineEnd ?? '\n';
  const groups = groupSteps(matchLines(a, b), style.context ?? 3);
  if (groups.length === 0) return [];
  return [`--- ${end}`, `+++ ${end}`, ...groups.flatMap((group) => [`${header(group)}${end}`, ...body(group, a, b)])];
}

/** The unified diff of two texts, as Salt shows it in `changes`. */
export function diffTexts(before: string, after: string): string {
  return unifiedDiff(splitLines(before), splitLines(after)).join('');
}

/** The lines of a text, each with its line break. */
export function splitLines(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function groupSteps(steps: readonly EditStep[], contextLines: number): readonly (readonly EditStep[])[] {
  const groups: EditStep[][] = [];
  let group: EditStep[] = [];
  for (const [index, step] of trimEnds(steps, contextLines).entries()) {
    const isGap = step.kind === 'equal' && step.toA - step.fromA > 2 * contextLines;
    if (isGap && index > 0) {
      group.push({ ...step, toA: step.fromA + contextLines, toB: step.fromB + contextLines });
      groups.push(group);
      group = [];
    }
    group.push(isGap ? { ...step, fromA: step.toA - contextLines, fromB: step.toB - contextLines } : step);
  }
  groups.push(group);
  return groups.filter((one) => one.some((step) => step.kind !== 'equal'));
}

function trimEnds(steps: readonly EditStep[], contextLines: number): readonly EditStep[] {
  return steps.map((step, index) => {
    if (step.kind !== 'equal') return step;
    const cutHead = index === 0 ? Math.max(0, step.toA - step.fromA - contextLines) : 0;
    const head = { ...step, fromA: step.fromA + cutHead, fromB: step.fromB + cutHead };
    const cutTail = index === steps.length - 1 ? Math.max(0, head.toA - head.fromA - contextLines) : 0;
    return { ...head, toA: head.toA - cutTail, toB: head.toB - cutTail };
  });
}

function header(group: readonly EditStep[]): string {
  const [first, last] = [group[0], group.at(-1)];
  if (first === undefined || last === undefined) return '';
  return `@@ -${range(first.fromA, last.toA)} +${range(first.fromB, last.toB)} @@`;
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return String(start + 1);
  return `${length === 0 ? start : start + 1},${length}`;
}

function body(group: readonly EditStep[], a: readonly string[], b: readonly string[]): readonly string[] {
  return group.flatMap((step) => {
    if (step.kind === 'equal') return a.slice(step.fromA, step.toA).map((line) => ` ${line}`);
    const removed = a.slice(step.fromA, step.toA).map((line) => `-${line}`);
    return [...removed, ...b.slice(step.fromB, step.toB).map((line) => `+${line}`)];
  });
}
