import { argument, withDefault, type Argument } from '../../kit/index.ts';

/** The `backup` of editing states: an ending for the copy's name, `.bak` unless given, or false for none. */
export function backupSuffix(ending: string): Argument<string> {
  return withDefault(
    argument('an ending for the name of the copy, or false', (value) => {
      if (value === false || value === '') return '';
      if (value === true) return '.bak';
      return typeof value === 'string' && !value.includes('/') ? value : undefined;
    }),
    ending,
  );
}
