import type { Dict, Value } from '@brine/common';
import type { JinjaOptions, RenderedText, TemplateFiles } from '@brine/jinja';

/** A text to render. */
export interface TemplateRequest {
  readonly text: string;
  /** How users know the file; relative imports start from its folder. */
  readonly file: string;
  readonly saltenv: string;
  /** What the template sees beside `salt` and Jinja's own globals. The template works on a copy. */
  readonly variables: Dict;
  readonly settings: JinjaOptions;
  /** Ports that serve this request instead of the engine's. */
  readonly ports?: Partial<TemplatePorts>;
}

/** What a template reaches while it renders; the template waits for the answers. */
export interface TemplatePorts {
  /** A file of the tree that a template includes or imports, by its path below the roots. */
  readTemplate(path: string, saltenv: string): Promise<{ text: string; file: string } | undefined>;
  /** Runs an execution function; what it throws becomes an error at the line of the call. */
  call(name: string, positional: readonly Value[], keyword: Dict): Promise<Value>;
  /** Whether an execution function exists; without it every name is taken to exist until it is called. */
  has?(name: string): Promise<boolean>;
  /** What filters about files and users look at; without it they are refused. */
  readonly files?: TemplateFilesPort;
  log(level: string, message: string): void;
}

/** {@link TemplateFiles} of `@brine/jinja`, answered in one's own time. */
export type TemplateFilesPort = {
  readonly [Look in keyof TemplateFiles]: (
    ...asked: Parameters<TemplateFiles[Look]>
  ) => Promise<ReturnType<TemplateFiles[Look]>>;
};

/** Renders Jinja. Requests may overlap; each sees only its own variables. */
export interface TemplateEngine {
  /** Throws AppErrors with the codes of `jinjaErrors`, `template-time-limit` and `template-thread-failed`. */
  render(request: TemplateRequest): Promise<RenderedText>;
  /** Frees the engine's threads; what is still rendering fails with `template-engine-closed`. */
  close(): Promise<void>;
}
