import { AppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';

/** Writes directives of Apache from data, as Salt does. Throws `state-failed` for a section without its `this`. */
export function writeApacheConfig(entries: readonly Value[]): string {
  const parts = entries.map((entry) => {
    const [first] = isDict(entry) ? entry : [];
    if (first === undefined) throw failure('Every directive is a dict of its name and value');
    return writeEntry(pythonStr(first[0]), first[1]);
  });
  return parts.join('\n');
}

function failure(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}

function writeEntry(name: string, value: Value): string {
  if (isDict(value)) return writeSection(name, [...value], value.get('this'));
  if (!Array.isArray(value)) return directive(name, value);
  const sections = value.filter((item): item is Dict => isDict(item));
  const named = sections.find((item) => item.has('this'));
  if (named === undefined) return value.map((item) => `${writeEntry(name, item)}\n`).join('');
  return writeSection(
    name,
    sections.flatMap((item) => [...item]),
    named.get('this'),
  );
}

function writeSection(name: string, members: readonly (readonly [Value, Value])[], target: Value | undefined): string {
  if (target === undefined)
    throw failure(`Apache section container "<${name}>" expects attribute. Specify it using key "this".`);
  const lines = members
    .filter(([key]) => key !== 'this')
    .map(([key, value]) => `${writeEntry(pythonStr(key), value)}\n`);
  return `<${name} ${pythonStr(target)}>\n${lines.join('')}</${name}>\n`;
}

function directive(name: string, value: Value): string {
  const text = pythonStr(value);
  if (/[\n\r\0]/.test(text)) throw failure(`The directive ${name} has a line break`);
  return `${name} ${text}`;
}
