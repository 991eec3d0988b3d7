import { isAppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { returnerError } from './errors.ts';
import { readSettings, type SettingsWish } from './read-settings.ts';
import type { ReturnerContext, ReturnerSettings } from './returner.ts';
import { loadReturner } from './returner-table.ts';

/** Something for one returner. */
export interface Delivery extends SettingsWish {
  readonly returner: string;
  /** `return`: one return of a job in Salt's shape; `events`: a list of events with `tag` and `data`. */
  readonly kind: 'return' | 'events';
  readonly payload: Value;
}

/** What deliveries are made with. */
export interface DeliveryContext extends ReturnerContext {
  /** The configuration under Salt's key names. */
  readonly options: Dict;
}

/** Hands something to its returner. Throws `returner-unknown`, `returner-settings` and `returner-failed`, without what is secret in the settings. */
export async function deliver(delivery: Delivery, context: DeliveryContext): Promise<void> {
  const returner = await loadReturner(delivery.returner);
  const settings = readSettings(returner, context.options, delivery);
  try {
    if (delivery.kind === 'return') {
      await returner.store(isDict(delivery.payload) ? delivery.payload : new Map(), settings, context);
      return;
    }
    if (returner.storeEvents === undefined) {
      throw returnerError('returner-settings', 'this returner takes no events');
    }
    const events = Array.isArray(delivery.payload) ? delivery.payload.filter(isDict) : [];
    await returner.storeEvents(events, settings, context);
  } catch (error) {
    throw discreet(delivery.returner, error, settings);
  }
}

const secretNames = /pass|token|webhook|headers|url/;

/** Clients may quote what they were given. */
function discreet(name: string, error: unknown, settings: ReturnerSettings): Error {
  let text = reasonOf(error);
  for (const [key, value] of settings) {
    if (!secretNames.test(key)) continue;
    for (const secret of textsOf(value)) text = text.replaceAll(secret, '***');
  }
  const code = isAppError(error) && error.code === 'returner-settings' ? error.code : 'returner-failed';
  return returnerError(code, `the returner '${name}': ${text}`);
}

/** Some clients put several failed attempts together and leave the message empty. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join('; ');
  return error.message === '' ? error.name : error.message;
}

function textsOf(value: Value): readonly string[] {
  const texts = isDict(value) ? [...value.values()].map(pythonStr) : [pythonStr(value)];
  return texts.filter((text) => text.length > 3);
}
