/**
 * The members of a schema with the named ones first, in that order: positional arguments follow it. Throws for a name that is
 * no member.
 */
export function inOrder<Shape extends object>(shape: Shape, names: string): Shape {
  const first = names.split(/\s+/).filter((name) => name !== '');
  const stranger = first.find((name) => !Object.hasOwn(shape, name));
  if (stranger !== undefined) throw new Error(`${stranger} is no argument`);
  const members = new Map(Object.entries(shape));
  const rest = [...members.keys()].filter((name) => !first.includes(name));
  return Object.fromEntries([...first, ...rest].map((name) => [name, members.get(name) as unknown])) as Shape;
}
