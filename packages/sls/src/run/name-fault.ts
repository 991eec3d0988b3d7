import { pythonStr, pythonTypeName, type Dict } from '@brine/common';

/** What is wrong with the name of a step, in Salt's words; `undefined` when it is a text. */
export function nameFault(chunk: Dict): string | undefined {
  const name = chunk.get('name') ?? null;
  if (typeof name === 'string') return undefined;
  const sls = chunk.get('__sls__');
  const where = typeof sls === 'string' ? `in SLS '${sls}' ` : '';
  return `ID '${pythonStr(name)}' ${where}is not formed as a string, but is a ${pythonTypeName(name)}`;
}
