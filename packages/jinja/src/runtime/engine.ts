import type { TemplateHost } from '../template-host.ts';
import type { Routine } from './routine.ts';
import type { TemplateCache } from './template-cache.ts';

/** What the renders of one Jinja share. */
export interface Engine {
  readonly host: TemplateHost;
  readonly strict: boolean;
  readonly limits: {
    readonly milliseconds: number;
    readonly outputBytes: number;
    readonly depth: number;
    readonly rangeItems: number;
  };
  readonly filters: ReadonlyMap<string, Routine>;
  readonly tests: ReadonlyMap<string, Routine>;
  readonly templates: TemplateCache;
}
