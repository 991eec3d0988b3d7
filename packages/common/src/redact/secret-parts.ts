import { isDict, isFloat, isInteger, type Value } from '../value.ts';
import { pythonStr } from '../python-repr.ts';
import { soundsSecret } from './sounds-secret.ts';

/** The password of a login in an address: `https://ann:PASSWORD@host/`. */
const login = /(\b[a-z][a-z\d+.-]{0,30}:\/\/[^/\s:@'"]*:)([^/\s@'"]+)(?=@)/gi;

/** One setting of a query or form: `?token=SECRET`, `&token=SECRET`. */
const setting = /((?:^|[?&])([\w.%[\]-]+)=)([^&#\s'"]+)/g;

/** A whole text that is a variable or a header: `DB_PASSWORD=SECRET`, `Authorization: SECRET`. */
const line = /^(\s*([\w.-]+)(?:=|:\s))(.+)$/s;

/**
 * A text with those of its parts replaced that are secret by their place: passwords in addresses, and what stands behind a
 * name that sounds secret, in a query or in a text that is one variable or header.
 */
export function replaceSecretParts(text: string, replace: (secret: string) => string): string {
  // Nearly every text is neither.
  if (!/[=:]/.test(text)) return text;
  const [whole, start = '', name = '', value = ''] = line.exec(text) ?? [];
  if (whole !== undefined && !value.startsWith('//') && soundsSecret(name)) return start + replace(value);
  return text
    .replaceAll(login, (_found, before: string, password: string) => before + replace(password))
    .replaceAll(setting, (found, before: string, key: string, secret: string) =>
      soundsSecret(key) ? before + replace(secret) : found,
    );
}

/** The passwords of logins in the addresses of a value, as they are written there and decoded. */
export function loginSecrets(value: Value): readonly string[] {
  if (typeof value === 'string') {
    if (!value.includes('://') || !value.includes('@')) return [];
    return [...value.matchAll(login)].flatMap(([, , password = '']) => [password, decode(password)]);
  }
  if (Array.isArray(value)) return value.flatMap(loginSecrets);
  return isDict(value) ? [...value].flatMap(([key, member]) => [...loginSecrets(key), ...loginSecrets(member)]) : [];
}

/** The texts of a value that are secret by their name or place; see {@link replaceSecretParts}. */
export function namedSecrets(value: Value): readonly string[] {
  if (typeof value === 'string') return partsOf(value).flatMap((part) => [part.trim(), decode(part.trim())]);
  if (Array.isArray(value)) return value.flatMap(namedSecrets);
  if (!isDict(value)) return [];
  return [...value].flatMap(([key, member]) =>
    soundsSecret(pythonStr(key)) ? textsIn(member).flatMap(withoutScheme) : namedSecrets(member),
  );
}

function partsOf(text: string): readonly string[] {
  const [, , name = '', value = ''] = line.exec(text) ?? [];
  const settings = [...text.matchAll(setting)].flatMap(([, , key = '', secret = '']) =>
    soundsSecret(key) ? [secret] : [],
  );
  return [...(soundsSecret(name) ? withoutScheme(value.trim()) : []), ...settings, ...loginSecrets(text)];
}

/** A header `Bearer abc` has the secret `abc`, which goes other ways as well. */
function withoutScheme(text: string): readonly string[] {
  const [, credential] = /^(?:bearer|basic|token) +(\S+)$/i.exec(text) ?? [];
  return credential === undefined ? [text] : [text, credential];
}

/** All texts and numbers of a value, trimmed, as texts; those of keys left out. */
export function textsIn(value: Value): readonly string[] {
  if (typeof value === 'string') return [value.trim()];
  if (isInteger(value) || isFloat(value)) return [pythonStr(value)];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('utf8').trim()];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isDict(value) ? [...value.values()].flatMap(textsIn) : [];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
