import { describe, expect, it } from 'vitest';
import { readCommand, toLine } from './commands.ts';

describe('commands of Augeas', () => {
  it('are read with their paths below the context, and written as augtool reads them', () => {
    const lines = [
      'set 1/alias "two words"',
      "set /files/etc/hosts/2 it's",
      'insert alias before 1/alias[1]',
      'move 1 2',
      'setm . alias \\"x\\"',
      'remove /',
    ];
    expect(lines.map((line) => toLine(readCommand(line.replace("it's", '"it\'s"'), '/files/etc/hosts')))).toEqual([
      'set "/files/etc/hosts/1/alias" "two words"',
      'set "/files/etc/hosts/2" "it\'s"',
      'ins "alias" "before" "/files/etc/hosts/1/alias[1]"',
      'mv "/files/etc/hosts/1" "2"',
      `setm "/files/etc/hosts/." "alias" '"x"'`,
      'rm "/files/etc/hosts"',
    ]);
  });

  it('are refused when they are none', () => {
    for (const line of ['set', 'ins a near b', 'set a b c', 'clear x'])
      expect(() => readCommand(line, undefined), line).toThrow(/Invalid formatted command|not supported/);
  });
});
