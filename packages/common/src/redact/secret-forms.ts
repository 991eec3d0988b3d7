import { pythonRepr } from '../python-repr.ts';
import { escapeCharacter } from '../yaml/write-text.ts';

/** Fewer characters than this say too little to be looked for inside other texts. */
export const shortestForm = 4;

// Fragments of base64 shorter than this would be found in innocent texts.
const shortestFragment = 6;
// What `base64` and PEM writers break lines at.
const base64LineWidths = [64, 76];

/**
 * Every text that a secret is looked for as: itself, its lines, and what quoting and encodings make of it (JSON, YAML,
 * Python, shell, URL, XML, base64 at any offset, hex). Runs of blanks count as one blank, see `foldBlanks`.
 */
export function formsOf(secret: string): ReadonlySet<string> {
  const whole = secret.trim();
  const forms = new Set<string>([whole]);
  for (const line of whole.split(/\r?\n/)) if (isTelling(line.trim())) forms.add(line.trim());
  for (const text of [...forms]) for (const form of quotedForms(text)) forms.add(form);
  for (const form of encodedForms(secret)) forms.add(form);
  if (whole !== secret) for (const form of encodedForms(whole)) forms.add(form);
  for (const form of forms) if (form.length < shortestForm) forms.delete(form);
  return forms;
}

/** A rule, a bracket or the armour around a key is no secret, and hiding it would hide what else looks so. */
function isTelling(line: string): boolean {
  return line.length >= shortestForm && /[\p{L}\p{N}]/u.test(line) && !/^-{3,}[^-]*-{3,}$/.test(line);
}

function quotedForms(text: string): readonly string[] {
  const json = JSON.stringify(text).slice(1, -1);
  const yaml = Array.from(text, (character) => escapeCharacter(character)).join('');
  const xml = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return [
    json,
    toAscii(json),
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    yaml,
    toYamlAscii(yaml),
    // Python chooses its quotes by the whole text, of which the secret may be a part.
    pythonRepr(text).slice(1, -1),
    pythonRepr(`'"${text}`).slice(4, -1),
    text.replaceAll("'", "''"),
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    xml,
    xml.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
    xml.replaceAll('"', '&#34;').replaceAll("'", '&#x27;'),
    ...urlForms(text),
  ];
}

function toAscii(text: string): string {
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function toYamlAscii(escaped: string): string {
  return Array.from(escaped, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16).toUpperCase();
    if (code < 0x80) return character;
    if (code === 0xa0) return '\\_';
    if (code <= 0xff) return `\\x${digits}`;
    return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`;
  }).join('');
}

function urlForms(text: string): readonly string[] {
  // A lone half of a surrogate pair has no such form.
  const lenient = encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));
  const strict = lenient.replaceAll(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
  const html = strict.replaceAll('%2A', '*').replaceAll('~', '%7E');
  const upper = [lenient, strict, strict.replaceAll('%2F', '/'), html];
  const forms = [...upper, ...upper.map((form) => form.replaceAll('%20', '+'))];
  return [...forms, ...forms.map((form) => form.replaceAll(/%../g, (octet) => octet.toLowerCase()))];
}

function encodedForms(text: string): readonly string[] {
  const bytes = Buffer.from(text, 'utf8');
  const hex = bytes.toString('hex');
  const forms = [bytes.toString('base64'), hex, hex.toUpperCase()];
  for (const lead of [0, 1, 2]) forms.push(...base64Fragments(bytes, lead));
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** The base64 characters that the secret alone decides when `lead` bytes stand before it. */
function base64Fragments(bytes: Uint8Array, lead: number): readonly string[] {
  const padded = Buffer.concat([new Uint8Array(lead), bytes]);
  const encoded = padded.toString('base64').slice(0, Math.floor((padded.length * 8) / 6));
  const fragment = encoded.slice(Math.ceil((lead * 8) / 6));
  const lines = base64LineWidths.flatMap((width) => (lead > 0 ? [] : cut(encoded, width)));
  return [fragment, ...lines].filter(({ length }) => length >= shortestFragment);
}

function cut(text: string, width: number): readonly string[] {
  if (text.length <= width) return [];
  return Array.from({ length: Math.ceil(text.length / width) }, (_, index) =>
    text.slice(index * width, (index + 1) * width),
  );
}
