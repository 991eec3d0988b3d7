/** A minion's id that passed {@link parseMinionId}. */
export type MinionId = string & { readonly __minionId: true };

/**
 * Reads a minion id under the one grammar used everywhere: 1 to 200 characters out of letters, digits, `.`, `_`
 * and `-`, beginning and ending with a letter or digit, without two dots in a row. So an id is always safe as a
 * file name and in a terminal. Returns `undefined` for anything else.
 */
export function parseMinionId(text: unknown): MinionId | undefined {
  if (typeof text !== 'string' || text.length > 200) return undefined;
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(text) || text.includes('..')) return undefined;
  return text as MinionId;
}
