import type { FileServer } from '@brine/modules/kit';
import type { StateFiles } from '@brine/sls';

/** The `salt://` tree in both of its roles: what compiling reads, and what states and functions fetch. */
export interface Tree {
  readonly files: StateFiles;
  readonly server: FileServer;
}
