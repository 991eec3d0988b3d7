import type { Dict } from '@brine/common';
import type { StateFiles } from '../file-roots/state-files.ts';
import type { RenderContext, Renderer } from '../renderers/renderer.ts';

/** What top files are read with. Settings come from `context.options`. */
export interface TopInput {
  /** Pillar top files know `order` and `ignore_missing`; state top files know merging strategies. */
  readonly kind: 'state' | 'pillar';
  readonly files: StateFiles;
  readonly renderer: Renderer;
  readonly context: RenderContext;
  readonly minionId: string;
  /** Reads this environment alone (`saltenv` of states, `pillarenv` of pillar). */
  readonly environment?: string;
  /** The environment of the states, which the pillar strategy `none` keeps to. */
  readonly saltenv?: string;
}

/** A text setting, or a default when it is not set. */
export function textSetting(options: Dict, key: string, otherwise: string): string {
  const value = options.get(key);
  return typeof value === 'string' && value !== '' ? value : otherwise;
}
