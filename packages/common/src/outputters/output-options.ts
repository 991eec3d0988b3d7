import type { Dict } from '../value.ts';

/** How an answer is written. */
export interface OutputOptions {
  /** The configuration under Salt's key names: `state_output`, `state_verbose`, `state_tabular` … */
  readonly settings: Dict;
  readonly color: boolean;
  /** What `color_theme` changes: codes (`0;31`) by the names that Salt's themes use (`LIGHT_RED`). */
  readonly theme?: ReadonlyMap<string, string>;
  /** `--out-indent`: blanks per level; negative writes JSON and YAML on one line. */
  readonly indent?: number;
  /** Keeps the order of keys below the top, as Salt does for what was read from YAML. */
  readonly keepsOrder?: boolean;
  /** The retcode of the call; `nested` marks answers of failed calls. */
  readonly retcode?: number;
  /** The pillar that the state run of each minion worked with; `highstate` tells it below the summary. */
  readonly pillarVersions?: ReadonlyMap<string, string>;
}
