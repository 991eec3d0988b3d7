import { optional } from '../kit/arguments.ts';
import { safeName } from './safe-name.ts';

/** The argument `root` of the functions of accounts. */
export const otherRoot = optional(safeName('a path')).describe('Folder of another system to do it in.');

/** The option that has a program of accounts work below another root; nothing without one. */
export function inRoot(root: string | undefined, option = '--root'): readonly string[] {
  return root === undefined ? [] : [option, root];
}
