import type { Target } from '../target.ts';

/** The minions that a list names and that are not among those it means: no key is accepted under their names. */
export function missingMinions({ type, expression }: Target, meant: readonly string[]): readonly string[] {
  if (type !== 'list') return [];
  return [...new Set(expression.split(','))].filter((name) => name !== '' && !meant.includes(name));
}
