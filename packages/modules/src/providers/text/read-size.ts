const units = ['', 'k', 'm', 'g', 't', 'p', 'e', 'z', 'y'];

/**
 * Bytes of a size written for people, as Salt reads it: `10`, `10k`, `10KiB` are powers of 1024, `10kb` of 1000.
 * What cannot be read is 0.
 */
export function readSize(text: string): number {
  const [, digits, unit = '', kind = ''] = /^\s*(\d+(?:\.\d*)?)\s*([kmgtpezy]?)(ib|b)?\s*$/i.exec(text) ?? [];
  if (digits === undefined) return 0;
  const base = kind.toLowerCase() === 'b' && unit !== '' ? 1000 : 1024;
  return Math.trunc(Number(digits) * base ** Math.max(0, units.indexOf(unit.toLowerCase())));
}
