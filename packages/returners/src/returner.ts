import type { Dict, Value } from '@brine/common';

/** Settings of a returner, read from the configuration; see {@link Returner.settings}. */
export type ReturnerSettings = ReadonlyMap<string, Value>;

/** What a returner works with beside its settings. */
export interface ReturnerContext {
  /** The id of this minion or master. */
  readonly id: string;
  /** Shows a line where the program shows its output. */
  readonly print: (line: string) => void;
}

/** A place outside where returns, and events of a master, can be handed to. */
export interface Returner {
  /** What its keys begin with in the configuration: `redis`, `returner.postgres`. */
  readonly prefix: string;
  /** Its settings: names with the keys after the prefix, where these differ. */
  readonly settings: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, Value>>;
  /** Hands on the return of a job, in Salt's shape. A return that comes again must do no harm. Throws what went wrong. */
  store(jobReturn: Dict, settings: ReturnerSettings, context: ReturnerContext): Promise<void>;
  /** Hands on events of a master, each with `tag` and `data`; absent where there is no place for them. */
  storeEvents?(events: readonly Dict[], settings: ReturnerSettings, context: ReturnerContext): Promise<void>;
}
