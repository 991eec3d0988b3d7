import { AppError, isAppError, type Problem } from '@brine/common';
import { busError } from './bus-error.ts';
import type { BusErrorCode } from './errors.ts';
import { protocolLimits } from './protocol-limits.ts';

/** What a caught error looks like in a `failure`. Only an {@link AppError} crosses the bus with its words. */
export function errorToWire(caught: unknown): Uint8Array {
  if (!isAppError(caught))
    return encode({ code: 'bus-remote' satisfies BusErrorCode, message: 'the other side failed to answer' });
  const { code, message, details, problems } = caught;
  const short = { code, message: message.slice(0, 4_096) };
  const complete = encode({ ...short, details, problems });
  return complete.length <= protocolLimits.errorBytes ? complete : encode(short);
}

/** The error that a `failure` tells of. Anything that is not one becomes `bus-remote`. */
export function errorFromWire(body: Uint8Array): AppError {
  const said = body.length <= protocolLimits.errorBytes ? decode(body) : undefined;
  const code = said?.['code'];
  const message = said?.['message'];
  if (said === undefined || typeof message !== 'string' || typeof code !== 'string' || !isErrorCode(code)) {
    return busError('bus-remote', 'the other side failed to answer');
  }
  return new AppError({ code, message, details: toDetails(said['details']), problems: toProblems(said['problems']) });
}

function encode(error: Readonly<Record<string, unknown>>): Uint8Array {
  try {
    return Buffer.from(
      JSON.stringify(error, (_key, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
    );
  } catch {
    // A cycle in the details: code and message still tell what is wrong.
    return Buffer.from(JSON.stringify({ code: error['code'], message: error['message'] }));
  }
}

function decode(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isErrorCode(code: string): boolean {
  return /^[a-z][a-z0-9-]{0,63}$/.test(code);
}

function toDetails(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function toProblems(value: unknown): readonly Problem[] {
  return Array.isArray(value) ? value.filter(isProblem) : [];
}

function isProblem(value: unknown): value is Problem {
  if (!isRecord(value)) return false;
  const { code, summary, severity, span, help, quotedLine, stack } = value;
  const isNamed = typeof code === 'string' && isErrorCode(code) && typeof summary === 'string';
  const isPlaced = (span === undefined || isSpan(span)) && (stack === undefined || isStack(stack));
  const isWorded = [help, quotedLine, value['stateId']].every((text) => text === undefined || typeof text === 'string');
  return isNamed && isPlaced && isWorded && (severity === 'error' || severity === 'warning');
}

function isStack(value: unknown): boolean {
  return Array.isArray(value) && value.every((frame) => isSpan(frame) && typeof frame['what'] === 'string');
}

function isSpan(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value) || typeof value['file'] !== 'string' || !Number.isInteger(value['line'])) return false;
  return value['column'] === undefined || Number.isInteger(value['column']);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
