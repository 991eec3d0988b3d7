import { matchGlob } from '@brine/common';

/** Orders versions as the package manager does. */
export type CompareVersions = (a: string, b: string) => number;

/**
 * Whether a version is what a state asks for: an exact version, a glob, or comparisons such as `>=1.2,<2`.
 * Nothing and `latest` are met by any version.
 */
export function meetsWish(version: string, wish: string | undefined, compare: CompareVersions): boolean {
  if (wish === undefined || wish === '' || wish === 'latest') return true;
  return wish.split(',').every((part) => meetsPart(version, part.trim(), compare));
}

function meetsPart(version: string, part: string, compare: CompareVersions): boolean {
  const [, operator = '', operand = part] = /^(<=|>=|==|!=|<|>|=)?\s*(.*)$/s.exec(part) ?? [];
  if (operand.includes('*')) return matchGlob(operand, version) === (operator !== '!=');
  const order = compare(version, operand);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '!=':
      return order !== 0;
    default:
      return order === 0;
  }
}

/** Whether a wish is one exact version, which need not be looked up. */
export function isExact(wish: string): boolean {
  return !/^[<>=!]|[*,]/.test(wish) && wish !== 'latest' && wish !== '';
}

/** How a package and the version asked for are shown: `nginx`, `nginx=1.2`, `nginx>=1.2`. */
export function showWish(name: string, wish: string | undefined): string {
  if (wish === undefined || wish === '') return name;
  return `${name}${/^[<>=]/.test(wish) ? '' : '='}${wish}`;
}
