import { createHmac } from 'node:crypto';
import { pythonStr } from '../python-repr.ts';
import { toFloat, type Value } from '../value.ts';
import { foldBlanks, readingsOf, type FoldedText } from './fold-blanks.ts';
import { createPatternMatcher, type PatternMatch, type PatternMatcher } from './pattern-matcher.ts';
import { redactValue } from './redact-value.ts';
import { formsOf, shortestForm } from './secret-forms.ts';

/** A text that must not be shown. */
export interface Secret {
  readonly text: string;
  /** Path of the pillar key that holds it (`db:password`), when it is known. */
  readonly name?: string;
}

/** What a redactor is made of. */
export interface RedactorOptions {
  readonly secrets: readonly Secret[];
  /** Keys the fingerprints; the same for a whole fleet, so that a value has one fingerprint everywhere. */
  readonly key: Uint8Array;
}

/** Puts `secret:NAME#a1b2`, or `secret#a1b2c3` without a name, in the place of secrets. */
export interface Redactor {
  text(text: string): string;
  /** A copy without secrets, in keys as well; the same value when there is nothing to hide. */
  value(value: Value): Value;
  /** Whether there is nothing to hide, so that copying can be saved. */
  readonly isOpen: boolean;
}

/** Hides nothing. */
export const openRedactor: Redactor = { text: (text) => text, value: (value) => value, isOpen: true };

const safeName = /^[\w.:@-]{1,120}$/;

/**
 * Creates a redactor, which finds secrets as they are, in single lines, and as quoting and encodings change them. A
 * secret of fewer than four characters is hidden only where a text is nothing else. Takes time linear in the texts.
 */
export function createRedactor({ secrets, key }: RedactorOptions): Redactor {
  const distinct = uniteSecrets(secrets);
  if (distinct.length === 0) return openRedactor;
  const labels = labelsOf(distinct, key);
  const whole = new Map(distinct.map(({ text }, index) => [text.trim(), labels[index] ?? '']));
  const numbers = new Map([...whole].flatMap(([text, label]) => numberForms(text).map((form) => [form, label])));
  const replacements = replacementsOf(distinct, labels);
  const matcher = createPatternMatcher([...replacements.keys()]);
  const labelAt = [...replacements.values()];
  const redactText = (text: string): string =>
    whole.get(text.trim()) ?? replaceAll(text, matcher, ({ index }) => labelAt[index] ?? '');
  return {
    isOpen: false,
    text: redactText,
    value: (value) => redactValue(value, { text: redactText, number: (written) => numbers.get(written) }),
  };
}

/** What stands for each form that a secret may have. */
function replacementsOf(secrets: readonly Secret[], labels: readonly string[]): ReadonlyMap<string, string> {
  // A label may hold a secret by chance (`secret#…` for "secret"): it is found as itself, and so stays as it is.
  const replacements = new Map<string, string>(labels.map((label) => [label, label]));
  for (const [index, { text }] of secrets.entries()) {
    for (const form of formsOf(text)) {
      const folded = foldBlanks(form).text;
      if (!replacements.has(folded)) replacements.set(folded, labels[index] ?? '');
    }
  }
  return replacements;
}

/** A text that reads as a number, as it was and as that number is written. */
function numberForms(text: string): readonly string[] {
  const number = Number(text);
  if (text.length < shortestForm || !Number.isFinite(number)) return [];
  return [text, pythonStr(number), pythonStr(toFloat(number))];
}

/** One of each text, with the first name that is known for it. */
function uniteSecrets(secrets: readonly Secret[]): readonly Secret[] {
  const united = new Map<string, Secret>();
  for (const secret of secrets) {
    const text = secret.text.trim();
    if (text !== '' && united.get(text)?.name === undefined) united.set(text, secret);
  }
  return [...united.values()];
}

function labelsOf(secrets: readonly Secret[], key: Uint8Array): readonly string[] {
  const texts = secrets.map(({ text }) => foldBlanks(text.trim()).text).filter((text) => text.length >= shortestForm);
  const matcher = createPatternMatcher(texts);
  return secrets.map(({ text, name }) => {
    const digest = createHmac('sha256', key).update(text.trim()).digest('hex');
    // A name that tells a secret, by chance or by a template, would be worse than none.
    const isSafe = name !== undefined && safeName.test(name) && matcher.find(name).length === 0;
    return isSafe ? `secret:${name}#${digest.slice(0, 4)}` : `secret#${digest.slice(0, 6)}`;
  });
}

function replaceAll(text: string, matcher: PatternMatcher, labelOf: (match: PatternMatch) => string): string {
  const places = unite(readingsOf(text).flatMap((reading) => placesIn(reading, matcher)));
  if (places.length === 0) return text;
  let redacted = '';
  let end = 0;
  for (const place of places) {
    redacted += text.slice(end, place.start) + labelOf(place.longest);
    end = place.end;
  }
  return redacted + text.slice(end);
}

/** Matches by their positions in the text as it was before it was folded. */
function placesIn(reading: FoldedText, matcher: PatternMatcher): readonly PatternMatch[] {
  return matcher.find(reading.text).map(({ start, end, index }) => ({
    start: reading.positionOf(start),
    // A blank at the end may stand for several; up to the character before it all is known.
    end: reading.positionOf(end - 1) + 1,
    index,
  }));
}

interface Place {
  start: number;
  end: number;
  longest: PatternMatch;
}

/** Matches that overlap hide all of what they cover together. */
function unite(matches: readonly PatternMatch[]): readonly Place[] {
  const places: Place[] = [];
  for (const match of matches.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = places.at(-1);
    if (last === undefined || match.start >= last.end) {
      places.push({ start: match.start, end: match.end, longest: match });
      continue;
    }
    last.end = Math.max(last.end, match.end);
    if (match.end - match.start > last.longest.end - last.longest.start) last.longest = match;
  }
  return places;
}
