import type { FunctionContext } from '../../kit/context.ts';

/** Whether a shell reads a command: as told, else only when a person or a job calls the function itself. */
export function hasShell(wanted: boolean | undefined, { isDirect, options }: FunctionContext): boolean {
  return wanted ?? (isDirect === true || options.get('cmd_safe') === false);
}
