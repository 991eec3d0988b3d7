import { AppError, type Dict, type Value } from '@brine/common';
import {
  createJinja,
  type Jinja,
  type JinjaOptions,
  type RenderedText,
  type TemplateFiles,
  type TemplateHost,
} from '@brine/jinja';
import { resolveTemplateName } from './template-name.ts';

/** `TemplatePorts` that answer at once. */
export interface SyncTemplatePorts {
  readTemplate(path: string, saltenv: string): { text: string; file: string } | undefined;
  call(name: string, positional: readonly Value[], keyword: Dict): Value;
  has?(name: string): boolean;
  readonly files?: TemplateFiles;
  log(level: string, message: string): void;
}

/** A request as a synchronous renderer takes it; the variables are the template's to change. */
interface SyncTemplateRequest {
  readonly text: string;
  readonly file: string;
  readonly saltenv: string;
  readonly variables: Dict;
  readonly settings: JinjaOptions;
}

/** Renders one template after another; a function that a template calls may render further ones meanwhile. */
export type SyncTemplateRenderer = (request: SyncTemplateRequest, ports: SyncTemplatePorts) => RenderedText;

interface Frame {
  readonly ports: SyncTemplatePorts;
  readonly saltenv: string;
}

const keptJinjas = 16;

/**
 * Keeps one Jinja per way of setting it up, so that templates compile once, however many requests use them; what
 * a Jinja reaches is what the request at hand reaches.
 */
export function createSyncTemplateRenderer(): SyncTemplateRenderer {
  const jinjas = new Map<string, Jinja>();
  const frames: Frame[] = [];
  return (request, ports) => {
    const { settings, saltenv, file, text, variables } = request;
    const key = JSON.stringify([settings, ports.has !== undefined, ports.files !== undefined]);
    let jinja = jinjas.get(key);
    if (jinja === undefined) {
      jinja = createJinja(
        settings,
        createHost(ports, () => innermost(frames)),
      );
      if (jinjas.size >= keptJinjas) jinjas.clear();
      jinjas.set(key, jinja);
    }
    frames.push({ ports, saltenv });
    try {
      return jinja.render({ file, text }, variables);
    } finally {
      frames.pop();
    }
  };
}

function innermost(frames: readonly Frame[]): Frame {
  const frame = frames.at(-1);
  if (frame !== undefined) return frame;
  throw new AppError({ code: 'template-engine-closed', message: 'a template was used after it had rendered' });
}

function createHost(shape: SyncTemplatePorts, current: () => Frame): TemplateHost {
  return {
    loader: {
      load(name, parent) {
        const path = resolveTemplateName(name, parent);
        const { ports, saltenv } = current();
        return path === undefined ? undefined : ports.readTemplate(path, saltenv);
      },
    },
    call: (name, positional, keyword) => current().ports.call(name, positional, keyword),
    log: (level, message) => current().ports.log(level, message),
    ...(shape.has === undefined ? {} : { has: (name) => current().ports.has?.(name) ?? true }),
    ...(shape.files === undefined ? {} : { files: delegateFiles(() => current().ports.files) }),
  };
}

function delegateFiles(current: () => TemplateFiles | undefined): TemplateFiles {
  return {
    read: (path, limit) => current()?.read(path, limit),
    size: (path) => current()?.size(path),
    isFile: (path) => current()?.isFile(path) ?? false,
    list: (folder) => current()?.list(folder) ?? [],
    which: (program) => current()?.which(program),
    userId: (name) => current()?.userId(name),
  };
}
