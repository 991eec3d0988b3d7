import type { ModuleContext } from '../kit/context.ts';
import { optional, text } from '../kit/arguments.ts';

/** The argument that names an environment. */
export const saltenvArgument = optional(text()).describe('The environment; that of the configuration unless given.');

/** The environment that is asked for, else the configured one, else `base`. */
export function chooseSaltenv(given: string | undefined, { options }: Pick<ModuleContext, 'options'>): string {
  const configured = options.get('saltenv');
  if (given !== undefined && given !== '') return given;
  return typeof configured === 'string' && configured !== '' ? configured : 'base';
}

/** Takes `?saltenv=ENV` off an address. */
export function splitSaltenv(url: string): { readonly url: string; readonly saltenv: string | undefined } {
  const [, path = url, saltenv] = /^(salt:\/\/[^?]*)\?saltenv=(.*)$/s.exec(url) ?? [];
  return { url: path, saltenv };
}
