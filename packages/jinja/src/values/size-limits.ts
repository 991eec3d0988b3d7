import { limitFault } from '../template-fault.ts';
import type { RuntimeValue } from './runtime-value.ts';

const largestText = 64 * 1024 * 1024;
const largestList = 4 * 1024 * 1024;

/** Throws when a text of a length would be too long to keep. */
export function refuseLongText(length: number): void {
  if (length > largestText) throw limitFault(`a text has grown beyond ${largestText} characters`);
}

/** Throws when a list of a length would be too long to keep. */
export function refuseLongList(length: number): void {
  if (length > largestList) throw limitFault(`a list has grown beyond ${largestList} items`);
}

export function checkedText(text: string): string {
  refuseLongText(text.length);
  return text;
}

export function checkedList(items: RuntimeValue[]): RuntimeValue[] {
  refuseLongList(items.length);
  return items;
}
