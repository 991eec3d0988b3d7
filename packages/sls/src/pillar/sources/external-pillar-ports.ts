import type { TreeDisk } from '../../file-roots/tree-disk.ts';
import type { Renderer } from '../../renderers/renderer.ts';
import type { SqlDatabases } from './sql/sql-database.ts';
import type { TemplateEngine, TemplatePorts } from '../../template-thread/template-engine.ts';

/** What the sources of external pillar reach. */
export interface ExternalPillarPorts {
  readonly disk: TreeDisk;
  /** The renderer of the pillar files: `file_tree` renders with it, and what `cmd_yamlex` marks, its merges heed. */
  readonly renderer: Renderer;
  /** Where `sqlite3` and `postgres` ask. */
  readonly databases: SqlDatabases;
  /** Renders the templates of `stack`. */
  readonly templates: TemplateEngine;
  /**
   * What templates of the sources reach. Commands and web servers are asked through `call`, as `cmd.run_all` and
   * `http.query`.
   */
  readonly template: Pick<TemplatePorts, 'call' | 'log'> & Partial<Pick<TemplatePorts, 'has' | 'files'>>;
}
