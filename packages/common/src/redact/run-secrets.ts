import type { Dict } from '../value.ts';
import { nameSecrets } from './name-secrets.ts';
import { createRedactor, openRedactor, type Redactor, type Secret } from './redactor.ts';

/** The secrets that one run has come to know, and a redactor that follows. */
export interface RunSecrets {
  /** From now on these are hidden; `key` is that of the fleet. A pillar that holds them gives them their names. */
  learn(texts: readonly string[], key: Uint8Array, pillar?: Dict): void;
  readonly redactor: Redactor;
}

/** Creates the record of a run, which knows nothing yet. */
export function createRunSecrets(): RunSecrets {
  const known = new Map<string, Secret>();
  let current: Redactor | undefined = openRedactor;
  let fleetKey = new Uint8Array();
  // Made when the next text comes: secrets often come one after the other.
  const redactor = (): Redactor => (current ??= createRedactor({ secrets: [...known.values()], key: fleetKey }));
  return {
    learn: (texts, key, pillar = new Map()) => {
      fleetKey = new Uint8Array(key);
      for (const secret of nameSecrets(texts, pillar)) {
        if (known.get(secret.text)?.name !== undefined) continue;
        if (known.has(secret.text) && secret.name === undefined) continue;
        known.set(secret.text, secret);
        current = undefined;
      }
    },
    redactor: {
      text: (text) => redactor().text(text),
      value: (value) => redactor().value(value),
      get isOpen() {
        return redactor().isOpen;
      },
    },
  };
}
