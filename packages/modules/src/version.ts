import { readFileSync } from 'node:fs';

/** The version of Salt whose behaviour is kept; what the grains `saltversion` and `saltversioninfo` tell. */
export const compatibleSaltVersion = '3006.9';

/** Brine's own version, from its package data. */
export function brineVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const packageData = JSON.parse(text) as { readonly version: string };
  return packageData.version;
}
