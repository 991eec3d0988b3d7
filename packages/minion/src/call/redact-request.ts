import {
  decodeMessage,
  decodeValue,
  encodeMessage,
  encodeValue,
  redactLogger,
  type JobProgress,
  type Redactor,
} from '@brine/common';
import type { CallEnvironmentOptions } from './call-request.ts';
import type { MasterLink } from './master-link.ts';

/** The same request, with secrets kept out of all that leaves the call while it runs: log, progress and events. */
export function redactRequest(request: CallEnvironmentOptions, redactor: Redactor): CallEnvironmentOptions {
  const { log, onProgress, link } = request;
  return {
    ...request,
    log: redactLogger(log, redactor),
    ...(onProgress === undefined ? {} : { onProgress: (progress) => onProgress(redactProgress(progress, redactor)) }),
    ...(link === undefined ? {} : { link: redactLink(link, redactor) }),
  };
}

function redactProgress(progress: JobProgress, redactor: Redactor): JobProgress {
  const { current } = progress;
  return current === undefined ? progress : { ...progress, current: redactor.text(current) };
}

/** What other verbs carry is not shown to anybody: grains and paths are there to be worked with. */
function redactLink(link: MasterLink, redactor: Redactor): MasterLink {
  return {
    request: (verb, body) => link.request(verb, verb === 'event.fire' ? redactEvent(body, redactor) : body),
  };
}

function redactEvent(body: Uint8Array, redactor: Redactor): Uint8Array {
  if (redactor.isOpen) return body;
  const { tag, payload } = decodeMessage(body) as { readonly tag: string; readonly payload: Uint8Array };
  return encodeMessage({
    tag: redactor.text(tag),
    payload: encodeValue(redactor.value(decodeValue(payload))),
  });
}
