import type { Problem, SourceSpan } from '@brine/common';
import type { StateFiles, TreeText } from '../file-roots/state-files.ts';
import type { RenderContext, Renderer } from '../renderers/renderer.ts';
import { createSlsCatalogue, type SlsCatalogue } from './sls-catalogue.ts';
import { createOrigins, type Origins } from './origins.ts';

/** What loading high data needs. */
export interface HighDataSource {
  readonly files: StateFiles;
  readonly renderer: Renderer;
  readonly context: RenderContext;
  /** Whether states without an `order` get one as they are read (`state_auto_order`). */
  readonly autoOrder: boolean;
  /** Files that are not part of the tree, by the name they are asked for. */
  readonly local?: ReadonlyMap<string, TreeText>;
  /** Where the name of a file to begin with was written. */
  readonly spanOf?: (saltenv: string, sls: string) => SourceSpan | undefined;
}

/** One entry of an include list, resolved. */
export interface ReadInclude {
  /** `env:sls` of the file that includes. */
  readonly from: string;
  /** `env:sls` of each file that the entry names. */
  readonly to: readonly string[];
  readonly span: SourceSpan | undefined;
}

/** What is known while the files of one compile are read. */
export interface HighLoader extends HighDataSource {
  readonly catalogue: SlsCatalogue;
  readonly origins: Origins;
  readonly problems: Problem[];
  readonly includes: ReadInclude[];
  /** `env:sls` of every file that was read, so that files which include each other are read once. */
  readonly seen: Set<string>;
  /** Environments that the top file or the command line named. */
  readonly environments: readonly string[];
  /** The number of the next state without an `order`. */
  nextOrder: number;
}

const firstAutomaticOrder = 10_000;

/** A loader that has read nothing yet. */
export function createHighLoader(source: HighDataSource, environments: readonly string[]): HighLoader {
  return {
    ...source,
    catalogue: createSlsCatalogue(source.files, source.local),
    origins: createOrigins(),
    problems: [],
    includes: [],
    seen: new Set(),
    environments,
    nextOrder: firstAutomaticOrder,
  };
}
