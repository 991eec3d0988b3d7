import { Worker } from 'node:worker_threads';
import { AppError, encodeValue, type Clock, type Timer } from '@brine/common';
import type { RenderedText } from '@brine/jinja';
import { answerAsk } from './answer-ask.ts';
import { closedError } from './inline-template-engine.ts';
import type { TemplatePorts, TemplateRequest } from './template-engine.ts';
import {
  fromErrorMessage,
  unpackOrigins,
  type AnswerMessage,
  type AskMessage,
  type ThreadReport,
  type ThreadRequest,
} from './thread-messages.ts';

/** One thread. It hears us only while it is idle, or while the template it renders waits for an answer. */
export interface TemplateWorker {
  /** Whether it takes a text now: nothing to do, or waiting in the midst of a render. */
  readonly state: 'idle' | 'waiting' | 'computing' | 'dead';
  /** Renders inside each other, each waiting for the one above it. */
  readonly depth: number;
  /** Only while idle or waiting. */
  render(job: RenderJob): void;
  stop(): Promise<void>;
}

/** A text and who waits for it. */
export interface RenderJob {
  readonly request: TemplateRequest;
  readonly ports: TemplatePorts;
  /** Milliseconds it may compute. */
  readonly limit: number;
  readonly resolve: (rendered: RenderedText) => void;
  readonly reject: (error: AppError) => void;
}

/** What a thread is started with. */
export interface TemplateWorkerOptions {
  readonly entry: URL;
  readonly clock: Clock;
  /** Called whenever the thread takes a text again, or has died. */
  readonly onChange: () => void;
}

interface Frame extends RenderJob {
  spent: number;
  /** An answer that came while a render above this one is under way. */
  answer?: AnswerMessage;
}

const megabytes = 512;
const stackMegabytes = 16;

/** Starts a thread for templates. It keeps the process alive only while it renders. */
export function startTemplateWorker({ entry, clock, onChange }: TemplateWorkerOptions): TemplateWorker {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(entry, {
    workerData: { signal },
    // Neither flags nor environment of this process reach the thread.
    execArgv: [],
    env: {},
    name: 'templates',
    resourceLimits: { maxOldGenerationSizeMb: megabytes, stackSizeMb: stackMegabytes },
  });
  worker.unref();
  const frames: Frame[] = [];
  let state: TemplateWorker['state'] = 'idle';
  let timer: Timer | undefined;
  let startedAt = 0;

  function send(message: ThreadRequest): void {
    worker.postMessage(message);
    Atomics.add(signal, 0, 1);
    Atomics.notify(signal, 0);
    compute();
  }

  function compute(): void {
    const frame = frames.at(-1);
    state = 'computing';
    startedAt = clock.monotonic();
    if (frame !== undefined) timer = clock.after(frame.limit - frame.spent, () => overrun(frame));
  }

  function pause(): Frame | undefined {
    timer?.cancel();
    const frame = frames.at(-1);
    if (frame !== undefined) frame.spent += clock.monotonic() - startedAt;
    return frame;
  }

  function settle(): void {
    const frame = frames.at(-1);
    state = frame === undefined ? 'idle' : 'waiting';
    if (frame === undefined) worker.unref();
    const answer = frame?.answer;
    if (frame === undefined || answer === undefined) return onChange();
    delete frame.answer;
    return send(answer);
  }

  function overrun(frame: Frame): void {
    frames.pop();
    frame.reject(timeLimitError(frame));
    die((other) => failedError(other, `was stopped together with ${frame.request.file}, which computed for too long`));
  }

  function die(errorFor: (frame: Frame) => AppError): void {
    if (state === 'dead') return;
    timer?.cancel();
    state = 'dead';
    for (const frame of frames.splice(0).toReversed()) frame.reject(errorFor(frame));
    void worker.terminate();
    onChange();
  }

  function serveAsk(frame: Frame, message: AskMessage): void {
    void answerAsk(message, frame.ports).then((answer) => {
      if (state === 'dead') return;
      frame.answer = answer;
      if (state === 'waiting' && frames.at(-1) === frame) settle();
    });
    settle();
  }

  function finish(frame: Frame, report: Exclude<ThreadReport, { kind: 'ask' | 'log' }>): void {
    frames.pop();
    if (report.kind === 'failed') frame.reject(fromErrorMessage(report.error, 'template-thread-failed'));
    else frame.resolve({ text: report.text, lineOrigins: unpackOrigins(report.origins) });
    settle();
  }

  worker.on('message', (report: ThreadReport) => {
    if (state === 'dead') return;
    if (report.kind === 'log') return frames.at(-1)?.ports.log(report.level, report.message);
    const frame = pause();
    if (frame === undefined) return;
    if (report.kind === 'ask') serveAsk(frame, report);
    else finish(frame, report);
  });
  worker.on('error', (error) => die((frame) => failedError(frame, `stopped the template thread: ${error.message}`)));
  worker.on('exit', () => die((frame) => failedError(frame, 'was being rendered when the template thread ended')));

  return {
    get state() {
      return state;
    },
    get depth() {
      return frames.length;
    },
    render(job) {
      const { text, file, saltenv, settings, variables } = job.request;
      let bytes: Uint8Array;
      try {
        bytes = encodeValue(variables);
      } catch (error) {
        job.reject(error instanceof AppError ? error : failedError(job, 'has variables that cannot be handed over'));
        return;
      }
      frames.push({ ...job, spent: 0 });
      worker.ref();
      const [hasNames, hasFiles] = [job.ports.has !== undefined, job.ports.files !== undefined];
      send({ kind: 'render', text, file, saltenv, settings, variables: bytes, hasNames, hasFiles });
    },
    async stop() {
      die((frame) => closedError(frame.request.file));
      await worker.terminate();
    },
  };
}

function timeLimitError({ request: { file }, limit }: RenderJob): AppError {
  const message = `${file} computed for more than ${limit / 1000} seconds and was stopped`;
  return new AppError({
    code: 'template-time-limit',
    message,
    problems: [
      {
        severity: 'error',
        code: 'template-time-limit',
        summary: message,
        span: { file, line: 1 },
        help: 'look for a regular expression or filter that takes very long on its input',
      },
    ],
  });
}

function failedError({ request: { file } }: RenderJob, what: string): AppError {
  return new AppError({
    code: 'template-thread-failed',
    message: `${file} ${what}`,
    problems: [
      { severity: 'error', code: 'template-thread-failed', summary: `${file} ${what}`, span: { file, line: 1 } },
    ],
  });
}
