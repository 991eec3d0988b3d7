/** Reads CSV as Python's csv module does by default, into rows of cells; blank lines are left out. */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A quoted cell that goes on after its quotes takes the rest as it is written.
  const cell = new RegExp(`(?:"((?:[^"]|"")*)(?:"|$))?([^${delimiter}\n]*)(${delimiter}|\n|$)`, 'gy');
  for (const { 0: whole, 1: quoted, 2: plain = '', 3: end } of text.replaceAll(/\r\n?/g, '\n').matchAll(cell)) {
    const isBlank = row.length === 0 && whole.length === (end?.length ?? 0) && end !== delimiter;
    if (!isBlank) row.push((quoted ?? '').replaceAll('""', '"') + plain);
    if (end === delimiter) continue;
    if (row.length > 0) rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}
