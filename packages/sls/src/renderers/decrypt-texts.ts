import { AppError, isAppError, isDict, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import type { SlsErrorCode } from '../errors.ts';
import type { InjectedRendererRequest } from './renderer.ts';

/** How encrypted texts are found and read. */
export interface TextDecryption extends Pick<InjectedRendererRequest, 'positionOf'> {
  /** The code of what is thrown. */
  readonly code: SlsErrorCode;
  readonly isEncrypted: (text: string) => boolean;
  /** Throws an AppError that never shows any plaintext. */
  readonly decrypt: (text: string) => Promise<Value>;
}

interface Slot {
  readonly text: string;
  /** Where the text stands: key path from the top, for errors. */
  readonly path: readonly Value[];
  readonly container: Dict | Value[] | undefined;
  readonly put: (value: Value) => void;
}

/** Replaces the encrypted texts of a value, dicts and lists in place. Throws with one problem for each that stays. */
export async function decryptTexts(input: Value, decryption: TextDecryption): Promise<Value> {
  let output = input;
  const slots: Slot[] = [];
  const whole = { path: [], container: undefined, put: (value: Value) => (output = value) };
  collectSlots(input, whole, { slots, seen: new Set(), isEncrypted: decryption.isEncrypted });
  const outcomes = await Promise.all(
    slots.map(async (slot) => {
      try {
        slot.put(await decryption.decrypt(slot.text));
        return [];
      } catch (error) {
        return [failure(error, slot, decryption)];
      }
    }),
  );
  const problems = outcomes.flat();
  if (problems.length === 0) return output;
  const message = problems.map(({ summary }) => summary).join('\n');
  throw new AppError({ code: decryption.code, message, problems });
}

/** The text that bytes are in UTF-8, if they are. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

interface Collection extends Pick<TextDecryption, 'isEncrypted'> {
  readonly slots: Slot[];
  readonly seen: Set<object>;
}

function collectSlots(value: Value, place: Omit<Slot, 'text'>, collection: Collection): void {
  if (typeof value === 'string') {
    if (collection.isEncrypted(value)) collection.slots.push({ text: value, ...place });
    return;
  }
  if (!isDict(value) && !Array.isArray(value)) return;
  // What is aliased is shared: once is enough.
  if (collection.seen.has(value)) return;
  collection.seen.add(value);
  for (const [key, item] of value.entries()) {
    const put = (decrypted: Value): void => {
      if (isDict(value)) value.set(key, decrypted);
      else value[Number(key)] = decrypted;
    };
    collectSlots(item, { path: [...place.path, key], container: value, put }, collection);
  }
}

function failure(caught: unknown, slot: Slot, { code, positionOf }: TextDecryption): Problem {
  // What is no AppError was not made to be shown, and might hold what it choked on.
  const reason = isAppError(caught) ? caught.message : 'the decryption program failed';
  const path = slot.path.map(pythonStr).join(':');
  const span = slot.container && positionOf?.(slot.container, slot.path.at(-1) ?? null);
  return {
    severity: 'error',
    code,
    summary: path === '' ? `Could not decrypt: ${reason}` : `Could not decrypt ${path}: ${reason}`,
    ...(span === undefined ? {} : { span }),
  };
}
