import { AppError, systemClock, type Clock } from '@brine/common';
import { longestWait } from '@brine/jinja';
import { closedError } from './closed-error.ts';
import type { TemplateEngine, TemplatePorts, TemplateRequest } from './template-engine.ts';
import { TemplateWorker, type RenderJob } from './template-worker.ts';

/** How many threads there may be, and how long a template may hold one. */
export interface TemplateThreadOptions {
  /** Threads at most, each started when it is first needed; 2 unless given. */
  readonly maxThreads?: number;
  /** Milliseconds beyond the longest that a template's own limit lets it take after which its thread is killed; 2,000 unless given. */
  readonly grace?: number;
  readonly clock?: Clock;
}

const defaultMilliseconds = 10_000;
const deepestNesting = 24;

/**
 * Renders templates in threads of their own, so that one that computes too long can be stopped and nothing else is
 * held up. A template that calls a function or reads a file waits; meanwhile its thread renders what that function
 * renders in turn. The threads always run the built JavaScript, also when this file runs as TypeScript source.
 */
export function createTemplateThread(ports: TemplatePorts, options: TemplateThreadOptions = {}): TemplateEngine {
  const { maxThreads = 2, grace = 2_000, clock = systemClock } = options;
  const workers = new Set<TemplateWorker>();
  const queue: RenderJob[] = [];
  let isClosed = false;

  function start(): TemplateWorker {
    const worker = new TemplateWorker({ entry: threadEntry(), clock, onChange: pump });
    workers.add(worker);
    return worker;
  }

  function pump(): void {
    for (const worker of workers) if (worker.state === 'dead') workers.delete(worker);
    while (queue.length > 0) {
      const worker = chooseWorker([...workers]) ?? (workers.size < maxThreads ? start() : nestingWorker([...workers]));
      if (worker === undefined && !isStuck([...workers])) return;
      const job = queue.shift();
      if (job === undefined) return;
      if (worker === undefined) job.reject(nestingError(job.request));
      else worker.render(job);
    }
  }

  return {
    render(request) {
      if (isClosed) return Promise.reject(closedError(request.file));
      const limit = (request.settings.limits?.milliseconds ?? defaultMilliseconds) * longestWait + grace;
      return new Promise((resolve, reject) => {
        queue.push({ request, ports: { ...ports, ...request.ports }, limit, resolve, reject });
        pump();
      });
    },
    async close() {
      isClosed = true;
      for (const { request, reject } of queue.splice(0)) reject(closedError(request.file));
      await Promise.all([...workers].map((worker) => worker.stop()));
    },
  };
}

function chooseWorker(workers: readonly TemplateWorker[]): TemplateWorker | undefined {
  return workers.find((worker) => worker.state === 'idle');
}

/** With all threads taken, the render may be what a waiting template waits for: it must go on top of one. */
function nestingWorker(workers: readonly TemplateWorker[]): TemplateWorker | undefined {
  const waiting = workers.filter((worker) => worker.state === 'waiting' && worker.depth < deepestNesting);
  return waiting.toSorted((a, b) => a.depth - b.depth)[0];
}

function isStuck(workers: readonly TemplateWorker[]): boolean {
  return workers.every((worker) => worker.state === 'waiting' && worker.depth >= deepestNesting);
}

function nestingError({ file }: TemplateRequest): AppError {
  const message = `${file} was not rendered: templates call functions that render templates, too deep`;
  return new AppError({
    code: 'template-too-nested',
    message,
    problems: [{ severity: 'error', code: 'template-too-nested', summary: message, span: { file, line: 1 } }],
  });
}

function threadEntry(): URL {
  // Node cannot run a thread from TypeScript: under the test runner the built file serves.
  const isSource = import.meta.url.endsWith('.ts');
  if (!isSource) return new URL('./thread-entry.js', import.meta.url);
  return new URL('../../dist/template-thread/thread-entry.js', import.meta.url);
}
