import { isAppError, isDict, pythonStr, type Dict, type Problem, type Value } from '@brine/common';
import { textSetting } from '../top/top-input.ts';
import { errorAt } from '../top/top-problem.ts';

/** Decrypts whatever a value holds; lists and dicts may be changed in place. */
export type PillarDecrypter = (value: Value) => Promise<Value>;

/** Decrypts, in place, the values that `decrypt_pillar` names. `decrypters` are the renderers that can. */
export async function decryptPillar(
  pillar: Dict,
  options: Dict,
  { decrypters, report }: { decrypters: ReadonlyMap<string, PillarDecrypter>; report: (problem: Problem) => void },
): Promise<void> {
  const keys = readKeys(options.get('decrypt_pillar') ?? null);
  if (keys === undefined) {
    report(errorAt('pillar-decrypt', 'decrypt_pillar config option is malformed'));
    return;
  }
  const delimiter = textSetting(options, 'decrypt_pillar_delimiter', ':');
  const fallback = textSetting(options, 'decrypt_pillar_default', 'gpg');
  const allowed = options.get('decrypt_pillar_renderers');
  for (const [key, chosen] of keys) {
    const place = findPlace(pillar, key.split(delimiter));
    if (place === undefined) continue;
    const name = chosen ?? fallback;
    const decrypt = Array.isArray(allowed) && !allowed.includes(name) ? undefined : decrypters.get(name);
    if (decrypt === undefined) {
      report(failed(key, `'${name}' is not a valid decryption renderer`));
      continue;
    }
    try {
      place.container.set(place.key, await decrypt(place.value));
    } catch (error) {
      if (!isAppError(error)) throw error;
      report(failed(key, error.message));
    }
  }
}

function failed(key: string, reason: string): Problem {
  return errorAt('pillar-decrypt', `Failed to decrypt pillar key '${key}': ${reason}`);
}

/** `decrypt_pillar` is a dict of key → renderer, or a list of keys and such dicts. */
function readKeys(setting: Value): Map<string, string | undefined> | undefined {
  const keys = new Map<string, string | undefined>();
  if (setting === null) return keys;
  const entries = isDict(setting) ? [setting] : setting;
  if (!Array.isArray(entries)) return undefined;
  for (const entry of entries) {
    if (typeof entry === 'string') keys.set(entry, undefined);
    else if (isDict(entry)) for (const [key, name] of entry) keys.set(pythonStr(key), readName(name));
    else return undefined;
  }
  return keys;
}

function readName(name: Value): string | undefined {
  return name === null ? undefined : pythonStr(name);
}

function findPlace(pillar: Dict, path: readonly string[]): { container: Dict; key: Value; value: Value } | undefined {
  let container = pillar;
  for (const [index, part] of path.entries()) {
    const key = [...container.keys()].find((candidate) => pythonStr(candidate) === part);
    const value = key === undefined ? undefined : container.get(key);
    if (key === undefined || value === undefined || value === null) return undefined;
    if (index === path.length - 1) return { container, key, value };
    if (!isDict(value)) return undefined;
    container = value;
  }
  return undefined;
}
