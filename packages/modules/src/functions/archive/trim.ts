import { argument, integer, type Argument } from '../../kit/arguments.ts';

/** How much of a list to tell: `true` is a hundred, `false` all of it (0). */
export function trimming(): Argument<number> {
  const lines = integer();
  return argument('true, false or a number of lines', (value) =>
    typeof value === 'boolean' ? (value ? 100 : 0) : lines.safeParse(value).data,
  );
}

/** The first of a list, and a line that says so where there is more; all of it for 0. */
export function trimList(all: readonly string[], count: number): readonly string[] {
  return count <= 0 || all.length <= count ? all : [...all.slice(0, count), `List trimmed after ${count} files.`];
}
