/** Lines as Python's `str.splitlines` finds them, without their ends. */
export function splitLines(text: string): readonly string[] {
  // oxlint-disable-next-line no-control-regex -- Python ends lines at these too
  const lines = text.split(/\r\n|[\n\r\v\f\u001C-\u001E\u0085\u2028\u2029]/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
