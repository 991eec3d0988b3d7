import { decodeValue, encodeValue, isDict, type Dict, type Value } from '@brine/common';
import type { TemplateFilesPort, TemplatePorts } from './template-engine.ts';
import { toErrorMessage, type AnswerMessage, type AskMessage } from './thread-messages.ts';

/** Answers what a template asks of its ports; a port that throws becomes a refusal. */
export async function answerAsk(message: AskMessage, ports: TemplatePorts): Promise<AnswerMessage> {
  try {
    const asked = decodeValue(message.bytes);
    const value = await askPort(message.port, Array.isArray(asked) ? asked : [], ports);
    const changed = message.port === 'call' ? changedArguments(asked, message.bytes) : undefined;
    return {
      kind: 'answer',
      ...(value === undefined ? {} : { bytes: encodeValue(value) }),
      ...(changed === undefined ? {} : { changed }),
    };
  } catch (error) {
    return { kind: 'refusal', error: toErrorMessage(error) };
  }
}

// `defaults.merge`, `slsutil.update` and their like change a dict of the template in place.
function changedArguments(asked: Value, before: Uint8Array): Uint8Array | undefined {
  const after = encodeValue(asked);
  return Buffer.compare(after, before) === 0 ? undefined : after;
}

async function askPort(port: AskMessage['port'], asked: Value[], ports: TemplatePorts): Promise<Value | undefined> {
  const [first, second, third] = asked;
  const name = typeof first === 'string' ? first : '';
  if (isFilesPort(port)) return ports.files && askFiles(port, asked, ports.files);
  switch (port) {
    case 'call':
      return ports.call(name, Array.isArray(second) ? second : [], toKeyword(third));
    case 'template': {
      const found = await ports.readTemplate(name, typeof second === 'string' ? second : 'base');
      return found && [found.text, found.file];
    }
    case 'has':
      return (await ports.has?.(name)) ?? true;
  }
}

type FilesPort = Extract<AskMessage['port'], `files.${string}`>;

function isFilesPort(port: AskMessage['port']): port is FilesPort {
  return port.startsWith('files.');
}

function toKeyword(value: Value | undefined): Dict {
  return value !== undefined && isDict(value) ? value : new Map();
}

async function askFiles(
  port: FilesPort,
  [first, second]: readonly Value[],
  files: TemplateFilesPort,
): Promise<Value | undefined> {
  const path = typeof first === 'string' ? first : '';
  switch (port) {
    case 'files.read':
      return typeof second === 'number' ? files.read(path, second) : files.read(path);
    case 'files.size':
      return files.size(path);
    case 'files.isFile':
      return files.isFile(path);
    case 'files.list':
      return [...(await files.list(path))];
    case 'files.which':
      return files.which(path);
    case 'files.userId':
      return typeof first === 'string' ? files.userId(first) : files.userId();
  }
}
