import { AppError } from '@brine/common';

/** What a `#!stateconf` line asks for. */
export interface StateconfLine {
  /** `-G`: no goal state that requires all others. */
  readonly hasGoal: boolean;
  /** `-s`: a start state that comes before all others. */
  readonly hasStart: boolean;
  /** `-o`: every state requires the one before it. */
  readonly isOrdered: boolean;
  /** `-p`: the renderer before has made the data. */
  readonly takesData: boolean;
  readonly dataRenderer: string;
  readonly templateRenderer: string;
}

/** Reads the argument of the renderer: `[-Gosp] [DATA_RENDERER . TEMPLATE_RENDERER]`. */
export function readStateconfLine(argument: string, file: string): StateconfLine {
  const words = argument.split(/\s+/).filter((word) => word !== '');
  const flags = words.filter((word) => /^-[Gosp]+$/.test(word)).join('');
  const rest = words.filter((word) => !/^-[Gosp]+$/.test(word));
  const [dataRenderer, dot, templateRenderer, ...more] = rest.length === 0 ? ['yaml', '.', 'jinja'] : rest;
  if (dataRenderer === undefined || dot !== '.' || templateRenderer === undefined || more.length > 0) {
    throw new AppError({
      code: 'renderer-argument',
      message: `the renderer line of ${file} is not "stateconf [-Gosp] [DATA_RENDERER . TEMPLATE_RENDERER]"`,
    });
  }
  return {
    hasGoal: !flags.includes('G'),
    hasStart: flags.includes('s'),
    isOrdered: flags.includes('o'),
    takesData: flags.includes('p'),
    dataRenderer,
    templateRenderer,
  };
}
