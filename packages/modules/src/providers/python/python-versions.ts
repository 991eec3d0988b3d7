/** Orders versions of Python packages by their numbers and by whether they come before a release (PEP 440). */
export function comparePythonVersions(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  const length = Math.max(left.numbers.length, right.numbers.length);
  for (let index = 0; index < length; index += 1) {
    const order = (left.numbers[index] ?? 0) - (right.numbers[index] ?? 0);
    if (order !== 0) return order;
  }
  return left.stage - right.stage || left.serial - right.serial;
}

interface Parsed {
  readonly numbers: readonly number[];
  /** Where in the life of a release: development, alpha, beta, candidate, the release, what came after. */
  readonly stage: number;
  readonly serial: number;
}

const stages = ['dev', 'a', 'b', 'rc', '', 'post'];

function parse(version: string): Parsed {
  const bare = version.trim().toLowerCase().replace(/^v/, '').replace(/\+.*$/, '');
  const [, epoch = '0', numbers = '', tail = ''] = /^(?:(\d+)!)?(\d+(?:\.\d+)*)(.*)$/.exec(bare) ?? [];
  const [, word = '', serial = '0'] = /^[-_.]?([a-z]+)[-_.]?(\d*)/.exec(tail) ?? [];
  const stage = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc', r: 'post', rev: 'post' }[word] ?? word;
  return {
    numbers: [Number(epoch), ...numbers.split('.').map(Number)],
    stage: stages.indexOf(stage),
    serial: Number(serial),
  };
}

/** Whether a version is what a specifier such as `>=1.2,<2` or `==1.*` asks for. */
export function meetsSpecifier(version: string, specifier: string): boolean {
  return specifier
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .every((part) => meetsPart(version, part));
}

function meetsPart(version: string, part: string): boolean {
  const [, operator = '==', operand = ''] = /^(===|==|~=|!=|<=|>=|<|>)?\s*(.*)$/.exec(part) ?? [];
  if (operand.endsWith('.*')) return `${version}.`.startsWith(operand.slice(0, -1)) === (operator !== '!=');
  const order = comparePythonVersions(version, operand);
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
    case '~=':
      return order >= 0 && `${version}.`.startsWith(`${operand.split('.').slice(0, -1).join('.')}.`);
    default:
      return order === 0;
  }
}
