import { pythonStr } from '../python-repr.ts';
import { isDict, type Dict, type Value } from '../value.ts';
import type { Secret } from './redactor.ts';

/** Gives each secret without a name the path of the pillar key that holds it (`db:password`), if there is one. */
export function nameSecrets(secrets: readonly Secret[], pillar: Dict): readonly Secret[] {
  const names = new Map<string, string | undefined>(secrets.map(({ text }) => [text.trim(), undefined]));
  visit(pillar, [], (text, path) => {
    const trimmed = text.trim();
    if (names.has(trimmed) && names.get(trimmed) === undefined) names.set(trimmed, path.map(pythonStr).join(':'));
  });
  return secrets.map((secret) => {
    const name = secret.name ?? names.get(secret.text.trim());
    return name === undefined ? secret : { ...secret, name };
  });
}

function visit(value: Value, path: readonly Value[], report: (text: string, path: readonly Value[]) => void): void {
  if (typeof value === 'string') report(value, path);
  else if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, [...path, index], report);
  else if (isDict(value)) for (const [key, item] of value) visit(item, [...path, key], report);
}
