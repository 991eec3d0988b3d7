/** A file of ifupdown, read for one interface: the lines that are its and all others. */
export interface InterfacesText {
  /** Lines of the interface, indented by four, one word between; comments are left out. */
  readonly own: readonly string[];
  /** Lines before and after the place of the interface, as they are. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

const clauseWord = /^(auto|allow-\S+|iface|mapping|source|source-directory|no-auto-down|no-scripts|rename)$/;

/** Takes an interface out of a file of ifupdown. */
export function takeInterface(text: string, name: string): InterfacesText {
  const [own, before, after]: [string[], string[], string[]] = [[], [], []];
  let isWithin = false;
  for (const line of text === '' ? [] : text.replace(/\n$/, '').split('\n')) {
    const [first = '', ...words] = line.trim().split(/\s+/);
    if (clauseWord.test(first)) isWithin = first === 'iface' && words[0] === name;
    const taken = takeLine({ first, words, isWithin, name });
    const kept = taken === undefined ? [line] : taken.left;
    if (taken !== undefined) own.push(...taken.own);
    (own.length === 0 ? before : after).push(...kept);
  }
  return { own, before, after };
}

interface Line {
  readonly first: string;
  readonly words: readonly string[];
  /** Whether it stands in an `iface` clause of the interface, or begins one. */
  readonly isWithin: boolean;
  readonly name: string;
}

// What of a line is the interface's, and what stays in its place; `undefined` for a line that is none of its.
function takeLine({
  first,
  words,
  isWithin,
  name,
}: Line): { own: readonly string[]; left: readonly string[] } | undefined {
  if ((first === 'auto' || first === 'allow-hotplug') && words.includes(name)) {
    const others = words.filter((word) => word !== name);
    return { own: [`${first} ${name}`], left: others.length === 0 ? [] : [`${first} ${others.join(' ')}`] };
  }
  if (!isWithin || first.startsWith('#')) return undefined;
  if (first === '') return { own: [], left: [] };
  return { own: [`${first === 'iface' ? '' : '    '}${[first, ...words].join(' ')}`], left: [] };
}

/** The file with an interface in the place it had, or at the end. */
export function putInterface({ before, after }: InterfacesText, lines: readonly string[]): string {
  const parts = [before, lines, after].map((part) => trimBlank(part)).filter((part) => part.length > 0);
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

function trimBlank(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.trim() !== '');
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return first < 0 ? [] : lines.slice(first, last + 1);
}

/** Whether two clauses say the same: the order of options within a clause does not count. */
export function isSameInterface(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(normalize(left)) === JSON.stringify(normalize(right));
}

function normalize(lines: readonly string[]): readonly string[] {
  const clauses: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith('iface ')) clauses.push([]);
    // Whether it is brought up at boot may be said before or after its clauses.
    const isHead = /^(auto|allow-)/.test(line);
    (isHead ? clauses[0] : clauses.at(-1))?.push(line);
  }
  return clauses.map((clause) => clause.toSorted().join('\n')).toSorted();
}
