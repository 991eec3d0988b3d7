import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { AppError, decodeValue, encodeValue, isDict, type Dict, type Value } from '@brine/common';
import type { TemplateFiles } from '@brine/jinja';
import { createSyncTemplateRenderer, type SyncTemplatePorts } from './sync-template-renderer.ts';
import { takeOver } from './take-over.ts';
import {
  fromErrorMessage,
  packOrigins,
  toErrorMessage,
  type AskPort,
  type RenderMessage,
  type ThreadReport,
  type ThreadRequest,
  type ThreadStart,
} from './thread-messages.ts';

/**
 * The thread that renders templates. Rendering is synchronous: while a template waits for a function or a file the
 * thread sleeps until the other side has answered, or has a further text to render, which is rendered right then.
 */
function serve(port: MessagePort, { signal }: ThreadStart): void {
  const renderText = createSyncTemplateRenderer();
  const report = (message: ThreadReport): void => port.postMessage(message);

  function receive(): ThreadRequest {
    for (;;) {
      const raised = Atomics.load(signal, 0);
      const received = receiveMessageOnPort(port) as { message: ThreadRequest } | undefined;
      if (received !== undefined) return received.message;
      Atomics.wait(signal, 0, raised);
    }
  }

  function ask(asked: AskPort, argumentsGiven: Value[]): Value | undefined {
    report({ kind: 'ask', port: asked, bytes: encodeValue(argumentsGiven) });
    for (;;) {
      const message = receive();
      if (message.kind === 'answer') {
        if (message.changed !== undefined) takeOver(argumentsGiven, decodeValue(message.changed));
        return message.bytes === undefined ? undefined : decodeValue(message.bytes);
      }
      if (message.kind === 'refusal') throw fromErrorMessage(message.error, 'template-call');
      render(message);
    }
  }

  function render(message: RenderMessage): void {
    try {
      const { text, file, saltenv, settings } = message;
      const variables = toDict(decodeValue(message.variables));
      const ports = createAskingPorts(ask, report, message);
      const rendered = renderText({ text, file, saltenv, settings, variables }, ports);
      report({ kind: 'rendered', text: rendered.text, origins: packOrigins(rendered.lineOrigins) });
    } catch (error) {
      report({ kind: 'failed', error: toErrorMessage(error) });
    }
  }

  port.on('message', (message: ThreadRequest) => {
    if (message.kind === 'render') render(message);
  });
}

type Ask = (port: AskPort, argumentsGiven: Value[]) => Value | undefined;

function createAskingPorts(ask: Ask, report: (message: ThreadReport) => void, shape: RenderMessage): SyncTemplatePorts {
  // One render reads a file once, however often it imports it.
  const read = new Map<string, { text: string; file: string } | undefined>();
  return {
    readTemplate(path, saltenv) {
      if (read.has(path)) return read.get(path);
      const found = toTemplate(ask('template', [path, saltenv]));
      read.set(path, found);
      return found;
    },
    call: (name, positional, keyword) => ask('call', [name, [...positional], keyword]) ?? null,
    log: (level, message) => report({ kind: 'log', level, message }),
    ...(shape.hasNames ? { has: (name) => ask('has', [name]) === true } : {}),
    ...(shape.hasFiles ? { files: createAskingFiles(ask) } : {}),
  };
}

function createAskingFiles(ask: Ask): TemplateFiles {
  return {
    read(path, limit) {
      const bytes = ask('files.read', limit === undefined ? [path] : [path, limit]);
      return bytes instanceof Uint8Array ? bytes : undefined;
    },
    size: (path) => toNumber(ask('files.size', [path])),
    isFile: (path) => ask('files.isFile', [path]) === true,
    list(folder) {
      const paths = ask('files.list', [folder]);
      return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : [];
    },
    which(program) {
      const path = ask('files.which', [program]);
      return typeof path === 'string' ? path : undefined;
    },
    userId: (name) => toNumber(ask('files.userId', name === undefined ? [] : [name])),
  };
}

function toNumber(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function toTemplate(value: Value | undefined): { text: string; file: string } | undefined {
  if (!Array.isArray(value)) return undefined;
  const [text, file] = value;
  return typeof text === 'string' && typeof file === 'string' ? { text, file } : undefined;
}

function toDict(value: Value): Dict {
  if (isDict(value)) return value;
  throw new AppError({ code: 'template-thread-failed', message: 'the variables of a template are no dict' });
}

if (parentPort !== null) serve(parentPort, workerData as ThreadStart);
