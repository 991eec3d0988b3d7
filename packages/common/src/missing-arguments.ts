/** Says in Python's words which arguments a call lacks: `missing 2 required positional arguments: 'a' and 'b'`. */
export function missingArguments(names: readonly string[]): string {
  const quoted = names.map((name) => `'${name}'`);
  const last = quoted.pop() ?? '';
  const list = quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`;
  return `missing ${names.length} required positional argument${names.length === 1 ? '' : 's'}: ${list}`;
}
