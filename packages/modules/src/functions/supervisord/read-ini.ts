/** Sections of a configuration as Python's parser reads it: a line that is indented goes on with the value before. */
export function readIni(text: string): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sections = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  let last: string | undefined;
  for (const line of text.split('\n')) {
    const [, title] = /^\[([^\]]+)\]/.exec(line) ?? [];
    const [, key, value] = /^([^\s;#=:[][^=:]*?)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (title !== undefined) {
      section = sections.get(title) ?? new Map<string, string>();
      sections.set(title, section);
      last = undefined;
    } else if (key !== undefined && value !== undefined) {
      section.set(key.toLowerCase(), value.trim());
      last = key.toLowerCase();
    } else if (last !== undefined && /^\s+[^\s;#]/.test(line)) {
      section.set(last, `${section.get(last) ?? ''}\n${line.trim()}`);
    }
  }
  return sections;
}
