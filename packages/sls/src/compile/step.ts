import type { Dict, SourceSpan } from '@brine/common';

/** One compiled step (Salt's low chunk) and where it was written. */
export interface Step {
  /** The low chunk exactly as `state.show_lowstate` shows it. Never change it. */
  readonly chunk: Dict;
  /** The key of its result: `module_|-id_|-name_|-function`. */
  readonly tag: string;
  /** The module: `file`. */
  readonly state: string;
  /** The function: `managed`. */
  readonly fun: string;
  readonly id: string;
  readonly name: string;
  /** The file it comes from; `undefined` for data that came without one (`state.high`). */
  readonly sls: string | undefined;
  readonly saltenv: string;
  readonly order: number;
  /** Where its id is written. */
  readonly span: SourceSpan | undefined;
  /** Argument name → where it is written. */
  readonly argumentSpans: ReadonlyMap<string, SourceSpan>;
}

/** The key under which a step's result is returned, as Salt writes it. */
export function stepTag(parts: Pick<Step, 'state' | 'id' | 'name' | 'fun'>): string {
  return `${parts.state}_|-${parts.id}_|-${parts.name}_|-${parts.fun}`;
}
