import { escapeText } from '../formatting/html-text.ts';
import { toFlag, toOptionalInt, toOptionalText } from '../runtime/argument-values.ts';
import type { BoundArguments } from '../runtime/routine.ts';
import { fault } from '../template-fault.ts';
import { toList } from '../values/iteration.ts';
import { toText } from '../values/python-text.ts';

const httpUrl = /^(?:https?:\/\/|www\.)?(?:(?:[\w%-]+\.)+)?(?:[a-z]{2,63}|xn--[\w%]{2,59})(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const httpScheme =
  /^(?:(?:https?:\/\/|www\.)(?:[\w%-]+\.)*[\w%-]+|(?:[\w%-]+\.)+(?:com|net|int|edu|gov|org|info|mil))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const ipUrl = /^https?:\/\/(?:(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:]+\])(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const mail = /^\S+@\w[\w.-]*\.\w+$/;

interface LinkOptions {
  readonly attributes: string;
  readonly limit: number | undefined;
  readonly schemes: readonly string[];
}

/** Turns web and mail addresses in a text into links. */
export function urlize(text: string, [limit, noFollow, target, rel, schemes]: BoundArguments): string {
  const relations = new Set((toOptionalText(rel) ?? '').split(/\s+/).filter((word) => word !== ''));
  if (toFlag(noFollow)) relations.add('nofollow');
  relations.add('noopener');
  const relText = ` rel="${escapeText([...relations].sort().join(' '))}"`;
  const where = toOptionalText(target);
  const options: LinkOptions = {
    attributes: relText + (where === undefined ? '' : ` target="${escapeText(where)}"`),
    limit: toOptionalInt(limit),
    schemes: schemes === undefined || schemes === null ? [] : toList(schemes).map(checkScheme),
  };
  return escapeText(text)
    .split(/(\s+)/)
    .map((word) => linkWord(word, options))
    .join('');
}

function checkScheme(value: Parameters<typeof toText>[0]): string {
  const scheme = toText(value);
  if (!/^[\w.+-]{2,}:\/{0,2}$/.test(scheme)) throw fault(`'${scheme}' is not a valid URI scheme prefix.`);
  return scheme;
}

function linkWord(word: string, options: LinkOptions): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  let middle = word.slice(head.length);
  let tail = '';
  const trailing = /(?:[)>.,\n]|&gt;)+$/.exec(middle);
  if (trailing !== null) {
    middle = middle.slice(0, trailing.index);
    tail = trailing[0];
  }
  while (tail.startsWith(')') && middle.split('(').length > middle.split(')').length) {
    middle += ')';
    tail = tail.slice(1);
  }
  return head + link(middle, options) + tail;
}

function link(address: string, options: LinkOptions): string {
  if ((httpScheme.test(address) && httpUrl.test(address)) || ipUrl.test(address)) {
    const url = /^https?:\/\//i.test(address) ? address : `https://${address}`;
    return `<a href="${url}"${options.attributes}>${shorten(address, options.limit)}</a>`;
  }
  if (address.startsWith('mailto:') && mail.test(address.slice(7))) {
    return `<a href="${address}">${address.slice(7)}</a>`;
  }
  if (mail.test(address) && !address.startsWith('www.') && !address.includes(':')) {
    return `<a href="mailto:${address}">${address}</a>`;
  }
  const hasScheme = options.schemes.some((scheme) => address.startsWith(scheme) && address !== scheme);
  return hasScheme ? `<a href="${address}"${options.attributes}>${address}</a>` : address;
}

function shorten(address: string, limit: number | undefined): string {
  return limit !== undefined && address.length > limit ? `${address.slice(0, limit)}...` : address;
}
