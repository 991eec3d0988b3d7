/** Named places where a fault test may strike: throw, wait, or end the process. */
export interface Failpoints {
  /** Reports that control is at the place `name`; resolves when it may go on. */
  reach(name: string): Promise<void>;
}

/** Failpoints that never do anything, for production. */
export const noFailpoints: Failpoints = {
  reach: () => Promise.resolve(),
};

type AnyMethod = (...given: never[]) => Promise<unknown>;

/**
 * A port with a failpoint before and after each of some methods: `PREFIX.METHOD.before` and `PREFIX.METHOD.after`. Without
 * failpoints it is the port itself.
 */
export function withFailpoints<Port extends object>(
  port: Port,
  failpoints: Failpoints,
  { prefix, methods }: { readonly prefix: string; readonly methods: readonly (keyof Port & string)[] },
): Port {
  if (failpoints === noFailpoints) return port;
  const present = methods.filter((name) => port[name] !== undefined);
  const guarded = present.map((name) => {
    const method = port[name] as AnyMethod;
    const call = async (...given: never[]): Promise<unknown> => {
      await failpoints.reach(`${prefix}.${name}.before`);
      const result = await method.apply(port, given);
      await failpoints.reach(`${prefix}.${name}.after`);
      return result;
    };
    return [name, call] as const;
  });
  return Object.assign(Object.create(port) as Port, Object.fromEntries(guarded));
}

/** The names of the failpoints that {@link withFailpoints} puts around methods. */
export function failpointNames(prefix: string, methods: readonly string[]): readonly string[] {
  return methods.flatMap((name) => [`${prefix}.${name}.before`, `${prefix}.${name}.after`]);
}

/** The durable steps of the ports of a program: `PREFIX` → methods. */
export type DurableSteps = Readonly<Record<string, readonly string[]>>;

/** A port that has, or may have, some methods. */
export type PortWith<Method extends string> = Readonly<Partial<Record<Method, (...given: never[]) => unknown>>>;

/**
 * Puts failpoints around the durable steps of a port of a program: `guard('keys', keys, failpoints)`. The names are those of
 * {@link failpointNames}.
 */
export function createGuard<Steps extends DurableSteps>(
  steps: Steps,
): <Name extends keyof Steps & string, Port extends PortWith<Steps[Name][number]>>(
  name: Name,
  port: Port,
  failpoints: Failpoints,
) => Port {
  return (name, port, failpoints) => {
    const methods = steps[name] as readonly (keyof typeof port & string)[];
    return withFailpoints(port, failpoints, { prefix: name, methods });
  };
}
