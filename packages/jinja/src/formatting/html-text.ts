import { toText } from '../values/python-text.ts';
import { Markup, type RuntimeValue } from '../values/runtime-value.ts';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A value as text for HTML; what is marked as safe stays as it is. */
export function escapeHtml(value: RuntimeValue): string {
  return value instanceof Markup ? value.text : escapeText(toText(value));
}
