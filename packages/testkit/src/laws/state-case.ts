import type { Changes, Plain } from '@brine/common';
import type { RenderRequest } from '@brine/modules/kit';
import type { FakeEntry } from '../fake-host/fake-files.ts';
import type { FakeHost, FakeHostSetup } from '../fake-host/fake-host.ts';

/** The surroundings of a case beside the machine. */
export interface StateSurroundings {
  /** What the file server has in `base`: path → text, or text and mode. */
  readonly served?: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>;
  readonly pillar?: Readonly<Record<string, Plain>>;
  readonly grains?: Readonly<Record<string, Plain>>;
  readonly options?: Readonly<Record<string, Plain>>;
  /** Stands in for Jinja; without it `{{ name }}` gives that variable of the context. */
  readonly render?: (request: RenderRequest) => string;
  /** Execution functions by name. */
  readonly functions?: Readonly<
    Record<string, (positional: readonly Plain[], keyword: ReadonlyMap<unknown, unknown>, host: FakeHost) => Plain>
  >;
  readonly accumulated?: Readonly<Record<string, readonly string[]>>;
  readonly requiredSteps?: readonly Readonly<Record<string, Plain>>[];
  readonly dependentSteps?: readonly Readonly<Record<string, Plain>>[];
}

/** One row of a state's table. Exactly one of `ok`, `fails` and `pending` says what the check has to find. */
export interface StateCase {
  readonly title: string;
  /** Runs `onWatch` in place of `check`. */
  readonly watched?: boolean;
  readonly before?: FakeHostSetup;
  readonly surroundings?: StateSurroundings;
  readonly arguments: Readonly<Record<string, Plain>>;
  /** The comment when nothing is to be done. */
  readonly ok?: string;
  /** What a dry run says in its place, where the two differ. */
  readonly foretold?: string;
  /** The changes that a state which is `ok` pretends. */
  readonly pretended?: Changes;
  /** The comment when the check fails; changes, if any. */
  readonly fails?: string;
  /** What a dry run tells. */
  readonly pending?: {
    readonly comment: string;
    readonly changes: Changes;
    readonly extra?: Readonly<Record<string, Plain>>;
  };
  /** What `apply` answers: comment and changes, those of `pending` unless given. */
  readonly applied?: { readonly comment: string; readonly changes?: Changes; readonly failed?: boolean };
  /** Paths afterwards: text (`undefined`: absent), or text and mode. */
  readonly after?: Readonly<Record<string, FakeEntry | undefined>>;
  /** Further looks at the machine afterwards. */
  readonly verify?: (host: FakeHost) => Promise<void> | void;
  /** Why the state changes again when it runs a second time in this case. */
  readonly again?: string;
}
