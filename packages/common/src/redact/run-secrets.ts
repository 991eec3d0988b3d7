import type { Dict } from '../value.ts';
import { nameSecrets } from './name-secrets.ts';
import { createRedactor, openRedactor, type Redactor, type Secret } from './redactor.ts';

/** The secrets that one run has come to know, and a redactor that follows. */
export interface RunSecrets {
  /** From now on these are hidden. The key of the fleet that comes first is the one for the whole run. */
  learn(texts: readonly string[], key: Uint8Array): void;
  /** Gives the secrets that a pillar holds the names they have in it. */
  name(pillar: Dict): void;
  readonly redactor: Redactor;
}

/** Creates the record of a run, which knows nothing yet. */
export function createRunSecrets(): RunSecrets {
  let known: readonly Secret[] = [];
  let fleetKey: Uint8Array | undefined;
  let current: Redactor | undefined = openRedactor;
  // Made when the next text comes: secrets often come one after the other.
  const redactor = (): Redactor => (current ??= createRedactor({ secrets: known, key: fleetKey ?? new Uint8Array() }));
  const texts = new Set<string>();
  return {
    learn: (found, key) => {
      fleetKey ??= key;
      const fresh = found.filter((text) => !texts.has(text));
      if (fresh.length === 0) return;
      for (const text of fresh) texts.add(text);
      known = [...known, ...fresh.map((text) => ({ text }))];
      current = undefined;
    },
    name: (pillar) => {
      if (known.length === 0) return;
      known = nameSecrets(known, pillar);
      current = undefined;
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
