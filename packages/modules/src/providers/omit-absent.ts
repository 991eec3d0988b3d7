/** The members of an object that have a value: those that are `undefined` are left out. */
export function omitAbsent<Members extends Readonly<Record<string, unknown>>>(
  members: Members,
): { -readonly [key in keyof Members]?: Exclude<Members[key], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { -readonly [key in keyof Members]?: Exclude<Members[key], undefined> };
}
