import { AppError, isAppError, type Dict, type Value } from '@brine/common';
import type { StateContext } from '../../kit/index.ts';
import { delay } from '../services/service-state.ts';

/** A function that is called again and again. */
export interface RepeatedCall {
  readonly name: string;
  readonly args: readonly Value[];
  readonly kwargs: Dict;
  /** Seconds between two calls. */
  readonly period: number;
  /** Seconds after which there is no other. */
  readonly timeout: number;
}

/** How the calls ended. */
export interface RepeatedResult {
  readonly isMet: boolean;
  readonly calls: number;
  /** What went wrong when it was called or the answer could not be judged. */
  readonly fault?: string;
}

/** Calls a function until what it gives is what is waited for, its time is over or the step is stopped. */
export async function repeatCall(
  call: RepeatedCall,
  isMet: (given: Value) => Promise<boolean> | boolean,
  context: StateContext,
): Promise<RepeatedResult> {
  const deadline = performance.now() + call.timeout * 1000;
  for (let calls = 1; ; calls += 1) {
    try {
      if (await isMet(await callOnce(call, context))) return { isMet: true, calls };
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return { isMet: false, calls, fault: caught.message };
    }
    if (performance.now() + call.period * 1000 > deadline || context.signal.aborted) return { isMet: false, calls };
    await delay(call.period, context.signal);
  }
}

async function callOnce({ name, args, kwargs }: RepeatedCall, context: StateContext): Promise<Value> {
  try {
    return await context.call(name, args, kwargs);
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    const message = `Exception occurred while executing ${name}: ${caught.message}`;
    throw new AppError({ code: 'state-failed', message, cause: caught });
  }
}

/** A condition in Python's words as Jinja has them: its tests of constants and the length of something. */
export function jinjaCondition(condition: string): string {
  return condition
    .replace(/\bis\s+(not\s+)?(True|False|None)\b/g, (_, not: string | undefined, name: string) => {
      return `is ${not === undefined ? '' : 'not '}${name.toLowerCase()}`;
    })
    .replace(/\blen\(([^()]*)\)/g, '(($1)|length)');
}
