/** A port whose implementation can be exchanged while others hold it. */
export interface Exchangeable<Port extends object> {
  readonly port: Port;
  /** Calls that are under way end with the implementation they began with. */
  exchange(next: Port): void;
}

/** Wraps a port. */
export function createExchangeable<Port extends object>(first: Port): Exchangeable<Port> {
  let current = first;
  return {
    port: new Proxy({} as Port, {
      get: (_target, name): unknown => Reflect.get(current, name),
      has: (_target, name) => Reflect.has(current, name),
    }),
    exchange: (next) => (current = next),
  };
}
