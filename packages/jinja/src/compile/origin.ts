import type { Origin } from '../runtime/output.ts';
import type { LineIndex } from '../source/line-index.ts';

/** The origin of what is printed by a tag or expression at an offset. */
export function originAt(lines: LineIndex, offset: number): Origin {
  return { file: lines.file, line: lines.lineAt(offset), advances: false };
}

/** The origin of template text, whose lines each come from their own line. */
export function textOriginAt(lines: LineIndex, offset: number): Origin {
  return { file: lines.file, line: lines.lineAt(offset), advances: true };
}
