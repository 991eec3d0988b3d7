import { AppError, copyValue } from '@brine/common';
import { closedError } from './closed-error.ts';
import type { TemplateEngine } from './template-engine.ts';
import { createSyncTemplateRenderer, type SyncTemplatePorts } from './sync-template-renderer.ts';

/**
 * Renders in this process, through ports that answer at once: for tests, and for trees that call nothing. A
 * template that computes long holds the process; a request with ports of its own is refused.
 */
export function createInlineTemplateEngine(ports: SyncTemplatePorts): TemplateEngine {
  const render = createSyncTemplateRenderer();
  let isClosed = false;
  return {
    async render(request) {
      if (isClosed) throw closedError(request.file);
      if (request.ports !== undefined) throw portsError(request.file);
      const { text, file, saltenv, settings } = request;
      return Promise.resolve(render({ text, file, saltenv, settings, variables: copyValue(request.variables) }, ports));
    },
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}

function portsError(file: string): AppError {
  return new AppError({
    code: 'template-ports',
    message: `${file} was not rendered: an engine in this process takes no ports with a request`,
  });
}
