import { isText } from '../text/is-text.ts';
import { diffTexts } from '../text/unified-diff.ts';

const diffLimit = 8 * 1024 * 1024;

/** What changes between two contents, as Salt says it: a unified diff, or a note when one of them is no text. */
export function diffContents(before: Uint8Array, after: Uint8Array): string {
  const [wasText, isNowText] = [isText(before), isText(after)];
  if (wasText && !isNowText) return 'Replace text file with binary file';
  if (!wasText) return isNowText ? 'Replace binary file with text file' : 'Replace binary file';
  if (before.length + after.length > diffLimit) return `Replace ${before.length} bytes with ${after.length} bytes`;
  return diffTexts(Buffer.from(before).toString('utf8'), Buffer.from(after).toString('utf8'));
}
