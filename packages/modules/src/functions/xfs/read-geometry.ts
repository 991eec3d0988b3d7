type Section = Record<string, string>;

/**
 * Reads what `xfs_info` and `mkfs.xfs` write: lines of `NAME  =VALUE  key=value key=value, key=value`, those that begin
 * with `=` going on with the section before. Values may have blanks in them.
 */
export function readGeometry(output: string): Record<string, Section> {
  const sections: Record<string, Section> = {};
  let current: Section = {};
  for (const written of output.split('\n')) {
    const line = written.replace(/\s+/g, ' ').trim().replaceAll(', ', ' ');
    if (!line.includes('=')) continue;
    const isContinued = line.startsWith('=');
    const [first, ...others] = pairsOf(isContinued ? line.slice(1).trim() : line);
    if (first === undefined) continue;
    if (isContinued) Object.assign(current, Object.fromEntries([first, ...others]));
    else {
      const [name, value] = first;
      current = { section: value === empty ? name : value, ...Object.fromEntries(others) };
      sections[name] = current;
    }
  }
  return sections;
}

const empty = '***';

function pairsOf(text: string): readonly (readonly [string, string])[] {
  const words: string[] = [];
  for (const word of text.replaceAll(' = ', `=${empty} `).replaceAll(' =', '=').split(' ')) {
    const last = words.pop();
    if (last === undefined) words.push(word);
    else if (word.includes('=')) words.push(last, word);
    else words.push(`${last} ${word}`);
  }
  return words.map((word) => {
    const [name = '', value = ''] = word.split('=');
    return [name, value] as const;
  });
}
