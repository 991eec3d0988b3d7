import type { Dict, SourceSpan, Value } from '@brine/common';

/** How Jinja is set up for a text; see `jinjaSettings`. */
export interface JinjaSettings {
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
  readonly undefined?: 'strict' | 'lenient';
  /** How long a template may compute; time in which it waits for functions is not counted. */
  readonly milliseconds?: number;
}

/** A text to render. */
export interface TemplateRequest {
  readonly text: string;
  /** How users know the file; relative imports start from its folder. */
  readonly file: string;
  readonly saltenv: string;
  /** What the template sees beside `salt` and Jinja's own globals. Must not be changed while it renders. */
  readonly variables: Dict;
  readonly settings: JinjaSettings;
  /** Ports that serve this request instead of the engine's. */
  readonly ports?: Partial<TemplatePorts>;
}

/** A rendered text; line i+1 of it came from `lineOrigins[i]`. */
export interface RenderedText {
  readonly text: string;
  readonly lineOrigins: readonly SourceSpan[];
}

/** What a template reaches while it renders; the template waits for the answers. */
export interface TemplatePorts {
  /** A file of the tree that a template includes or imports. */
  readTemplate(path: string, saltenv: string): Promise<{ text: string; file: string } | undefined>;
  /** Runs an execution function; what it throws becomes an error at the line of the call. */
  call(name: string, positional: readonly Value[], keyword: Dict): Promise<Value>;
  log(level: string, message: string): void;
}

/** Renders Jinja. Requests may overlap; each sees only its own variables. */
export interface TemplateEngine {
  /** Throws AppErrors of `@brine/jinja`, `template-time-limit` and `template-thread-failed`. */
  render(request: TemplateRequest): Promise<RenderedText>;
  /** Frees the engine's threads; what is still rendering fails with `template-engine-closed`. */
  close(): Promise<void>;
}
