import { Worker } from 'node:worker_threads';
import { AppError, encodeValue, isAppError, type Clock, type Timer } from '@brine/common';
import type { RenderedText } from '@brine/jinja';
import { answerAsk } from './answer-ask.ts';
import { closedError } from './closed-error.ts';
import type { TemplatePorts, TemplateRequest } from './template-engine.ts';
import {
  fromErrorMessage,
  unpackOrigins,
  type AnswerMessage,
  type AskMessage,
  type RenderMessage,
  type ThreadReport,
  type ThreadRequest,
} from './thread-messages.ts';

/** A text and who waits for it. */
export interface RenderJob {
  readonly request: TemplateRequest;
  readonly ports: TemplatePorts;
  /** Milliseconds it may compute. */
  readonly limit: number;
  readonly resolve: (rendered: RenderedText) => void;
  readonly reject: (error: unknown) => void;
}

/** What a thread is started with. */
export interface TemplateWorkerOptions {
  readonly entry: URL;
  readonly clock: Clock;
  /** Called whenever the thread takes a text again, or has died. */
  readonly onChange: () => void;
}

/** Whether a thread takes a text now: it has nothing to do, or waits in the midst of a render. */
export type TemplateWorkerState = 'idle' | 'waiting' | 'computing' | 'dead';

interface Frame extends RenderJob {
  spent: number;
  /** An answer that came while a render above this one is under way. */
  answer?: AnswerMessage;
}

type Outcome = Extract<ThreadReport, { kind: 'rendered' | 'failed' }>;

const megabytes = 512;
const stackMegabytes = 16;

/**
 * One thread. It hears us only while it is idle, or while the template it renders waits for an answer; renders then
 * lie on top of each other, and only the top one computes. It keeps the process alive only while it renders.
 */
export class TemplateWorker {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;
  readonly #options: TemplateWorkerOptions;
  readonly #frames: Frame[] = [];
  #state: TemplateWorkerState = 'idle';
  #timer: Timer | undefined;
  #startedAt = 0;

  constructor(options: TemplateWorkerOptions) {
    this.#options = options;
    this.#worker = new Worker(options.entry, {
      workerData: { signal: this.#signal },
      // Neither flags nor environment of this process reach the thread.
      execArgv: [],
      env: {},
      name: 'templates',
      resourceLimits: { maxOldGenerationSizeMb: megabytes, stackSizeMb: stackMegabytes },
    });
    this.#worker.unref();
    this.#worker.on('message', (report: ThreadReport) => this.#hear(report));
    this.#worker.on('error', (error) => this.#fail(`stopped the template thread: ${error.message}`));
    this.#worker.on('exit', () => this.#fail('was being rendered when the template thread ended'));
  }

  get state(): TemplateWorkerState {
    return this.#state;
  }

  /** Renders that lie on top of each other. */
  get depth(): number {
    return this.#frames.length;
  }

  /** Renders a text; only while idle or waiting. */
  render(job: RenderJob): void {
    try {
      const message = toRenderMessage(job);
      this.#frames.push({ ...job, spent: 0 });
      this.#worker.ref();
      this.#send(message);
    } catch (error) {
      job.reject(error);
    }
  }

  /** Ends the thread; what it renders fails with `template-engine-closed`. */
  async stop(): Promise<void> {
    this.#die(({ request }) => closedError(request.file));
    await this.#worker.terminate();
  }

  #send(message: ThreadRequest): void {
    this.#worker.postMessage(message);
    Atomics.add(this.#signal, 0, 1);
    Atomics.notify(this.#signal, 0);
    this.#compute();
  }

  #compute(): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    const { clock } = this.#options;
    this.#state = 'computing';
    this.#startedAt = clock.monotonic();
    this.#timer = clock.after(frame.limit - frame.spent, () => this.#overrun(frame));
  }

  #pause(): Frame | undefined {
    this.#timer?.cancel();
    const frame = this.#frames.at(-1);
    if (frame !== undefined) frame.spent += this.#options.clock.monotonic() - this.#startedAt;
    return frame;
  }

  #hear(report: ThreadReport): void {
    if (this.#state === 'dead') return;
    if (report.kind === 'log') return this.#frames.at(-1)?.ports.log(report.level, report.message);
    const frame = this.#pause();
    if (frame === undefined) return;
    if (report.kind === 'ask') this.#serve(frame, report);
    else this.#finish(frame, report);
  }

  #serve(frame: Frame, message: AskMessage): void {
    void answerAsk(message, frame.ports).then((answer) => {
      if (this.#state === 'dead') return;
      frame.answer = answer;
      if (this.#state === 'waiting' && this.#frames.at(-1) === frame) this.#settle();
    });
    this.#settle();
  }

  #finish(frame: Frame, outcome: Outcome): void {
    this.#frames.pop();
    if (outcome.kind === 'failed') frame.reject(fromErrorMessage(outcome.error, 'template-thread-failed'));
    else frame.resolve({ text: outcome.text, lineOrigins: unpackOrigins(outcome.origins) });
    this.#settle();
  }

  #settle(): void {
    const frame = this.#frames.at(-1);
    this.#state = frame === undefined ? 'idle' : 'waiting';
    if (frame === undefined) this.#worker.unref();
    const answer = frame?.answer;
    if (frame === undefined || answer === undefined) return this.#options.onChange();
    delete frame.answer;
    return this.#send(answer);
  }

  #overrun(frame: Frame): void {
    this.#frames.pop();
    frame.reject(timeLimitError(frame));
    this.#fail(`was stopped together with ${frame.request.file}, which computed for too long`);
  }

  #fail(what: string): void {
    this.#die((frame) => templateError('template-thread-failed', frame, `${frame.request.file} ${what}`));
  }

  #die(errorFor: (frame: Frame) => AppError): void {
    if (this.#state === 'dead') return;
    this.#timer?.cancel();
    this.#state = 'dead';
    for (const frame of this.#frames.splice(0).toReversed()) frame.reject(errorFor(frame));
    void this.#worker.terminate();
    this.#options.onChange();
  }
}

function toRenderMessage({ request, ports }: RenderJob): RenderMessage {
  const { text, file, saltenv, settings, variables } = request;
  const [hasNames, hasFiles] = [ports.has !== undefined, ports.files !== undefined];
  return {
    kind: 'render',
    text,
    file,
    saltenv,
    settings,
    variables: encodeVariables(variables, file),
    hasNames,
    hasFiles,
  };
}

function encodeVariables(variables: TemplateRequest['variables'], file: string): Uint8Array {
  try {
    return encodeValue(variables);
  } catch (cause) {
    const why = isAppError(cause) ? cause.message : 'they are no values';
    const message = `the variables of ${file} cannot be handed to the template thread: ${why}`;
    throw new AppError({ code: 'template-thread-failed', message, cause });
  }
}

function timeLimitError(job: RenderJob): AppError {
  const message = `${job.request.file} computed for more than ${job.limit / 1000} seconds and was stopped`;
  const help = 'look for a regular expression or filter that takes very long on its input';
  return templateError('template-time-limit', job, message, help);
}

function templateError(code: string, { request: { file } }: RenderJob, message: string, help?: string): AppError {
  const advice = help === undefined ? {} : { help };
  const problem = { severity: 'error', code, summary: message, span: { file, line: 1 }, ...advice } as const;
  return new AppError({ code, message, problems: [problem] });
}
