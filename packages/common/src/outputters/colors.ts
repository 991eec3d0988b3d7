import type { OutputOptions } from './output-options.ts';

/** The colours of the output, as the sequences that switch them on; all empty where nothing is to be coloured. */
export interface Colors {
  readonly darkGray: string;
  readonly red: string;
  readonly lightRed: string;
  readonly green: string;
  readonly lightGreen: string;
  readonly yellow: string;
  readonly lightYellow: string;
  readonly blue: string;
  readonly lightBlue: string;
  readonly magenta: string;
  readonly lightMagenta: string;
  readonly cyan: string;
  readonly lightGray: string;
  readonly white: string;
  readonly end: string;
}

const codes: Readonly<Record<keyof Colors, string>> = {
  darkGray: '0;1;30',
  red: '0;31',
  lightRed: '0;1;31',
  green: '0;32',
  lightGreen: '0;1;32',
  yellow: '0;33',
  lightYellow: '0;1;33',
  blue: '0;34',
  lightBlue: '0;1;34',
  magenta: '0;35',
  lightMagenta: '0;1;35',
  cyan: '0;36',
  lightGray: '0;37',
  white: '0;1;37',
  end: '0;0',
};

/** How an answer is painted: the colours, and what is done to text of minions before it is shown. */
export interface Paint {
  readonly colors: Colors;
  /** Text of a minion must not steer the terminal it is shown on, unless `strip_colors` allows it. */
  readonly clean: (text: string) => string;
}

/** The colours of Salt's default theme with what `color_theme` changes in it, or none. */
export function createPaint({ color, theme = new Map(), settings }: OutputOptions): Paint {
  const entries = Object.entries(codes).map(([name, code]) => {
    const named = theme.get(themeName(name)) ?? code;
    return [name, color ? `\u001B[${named}m` : ''];
  });
  return {
    colors: Object.fromEntries(entries) as unknown as Colors,
    clean: settings.get('strip_colors') === false ? (text) => text : (text) => text.replaceAll('\u001B', '?'),
  };
}

/** `lightRed` is `LIGHT_RED` in a theme, `end` is `ENDC`. */
function themeName(name: string): string {
  return name === 'end' ? 'ENDC' : name.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}
