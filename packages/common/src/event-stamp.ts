/** Python's `datetime.isoformat` in UTC, as Salt stamps events; of milliseconds since the Unix epoch. */
export function stampOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000');
}
