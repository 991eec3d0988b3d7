// What the programs say of themselves with --help, read.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const programNames = ['salt', 'salt-call', 'salt-cp', 'salt-key', 'salt-master', 'salt-minion', 'salt-run'];

const bin = (name) => fileURLToPath(new URL(`../../bin/${name}`, import.meta.url));

/** `{name, usage, summary, operands: [{name, text}], options: [{flags, names, value, text}]}` */
export function readHelp(name) {
  const { stdout, status } = spawnSync(process.execPath, [bin(name), '--help'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} --help ended with ${status}`);
  const [head = '', ...sections] = stdout.split(/^(?=Arguments:|Options:)/m);
  const [, usage = '', summary = ''] = /^Usage: (.*)\n\n([^]*)$/.exec(head) ?? [];
  const rowsOf = (title) => readRows(sections.find((section) => section.startsWith(title)) ?? '');
  return {
    name,
    usage: usage.trim(),
    summary: summary.trim().replaceAll(/\s*\n\s*/g, ' '),
    operands: rowsOf('Arguments:').map(([operand, text]) => ({ name: operand, text })),
    options: rowsOf('Options:').map(([flags, text]) => ({
      flags,
      names: flags.split(/[ ,]+/).filter((word) => word.startsWith('-')),
      value: /<([^>]+)>/.exec(flags)?.[1],
      text,
    })),
  };
}

/** Rows of two columns; a row without its first goes on with the one before. */
function readRows(section) {
  const rows = [];
  for (const line of section.split('\n').slice(1)) {
    const [, first, text] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    if (first !== undefined) rows.push([first, text ?? '']);
    else if (line.trim() !== '' && rows.length > 0) rows.at(-1)[1] = `${rows.at(-1)[1]} ${line.trim()}`.trim();
  }
  return rows;
}
