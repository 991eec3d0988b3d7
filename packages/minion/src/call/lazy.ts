/** A value that is made on first use and kept. */
export interface Lazy<Result> {
  (): Promise<Result>;
  isCreated(): boolean;
}

/** Makes a value on first use and keeps it; a failed attempt may be made again. */
export function lazy<Result>(create: () => Promise<Result>): Lazy<Result> {
  let created: Promise<Result> | undefined;
  const get = (): Promise<Result> => {
    if (created === undefined) {
      created = create();
      created.catch(() => (created = undefined));
    }
    return created;
  };
  return Object.assign(get, { isCreated: () => created !== undefined });
}
