export { jinjaErrors, type JinjaErrorCode } from './errors.ts';
export { createJinja, type Jinja, type RenderedText } from './jinja.ts';
export { jinjaNames, type JinjaNames } from './names.ts';
export { createLocalFiles } from './local-files.ts';
export type { JinjaLimits, JinjaOptions } from './jinja-options.ts';
export { longestWait } from './runtime/stopwatch.ts';
export type { TemplateFiles, TemplateHost, TemplateLoader, TemplateSource } from './template-host.ts';
