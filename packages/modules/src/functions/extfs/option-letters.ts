import { lineText, optional, type Argument } from '../../kit/arguments.ts';

/** Arguments by name: the letter of a program's option, and what it means. */
export type OptionLetters<Name extends string> = Readonly<Record<Name, readonly [letter: string, meaning: string]>>;

/** Declares options as arguments. */
export function optionArguments<Name extends string>(
  letters: OptionLetters<Name>,
): Record<Name, Argument<string | undefined>> {
  const entries = Object.entries<readonly [string, string]>(letters);
  return Object.fromEntries(
    entries.map(([name, [, meaning]]) => [name, optional(lineText()).describe(meaning)]),
  ) as Record<Name, Argument<string | undefined>>;
}

/** The words of a command line; an option that is true stands alone, one that is false is left out. */
export function optionWords<Name extends string>(
  letters: OptionLetters<Name>,
  values: Readonly<Record<Name, string | undefined>>,
): readonly string[] {
  return (Object.keys(letters) as Name[]).flatMap((name) => {
    const value = values[name];
    if (value === undefined || value === 'False') return [];
    return value === 'True' ? [`-${letters[name][0]}`] : [`-${letters[name][0]}`, value];
  });
}
