import { describe, expect, it } from 'vitest';
import { wrapWords } from './wrap-words.ts';

describe('wrapWords', () => {
  it.each([
    // What Python's textwrap makes of them at 20 columns, indented by 2.
    ['', ''],
    ['one two  three four five', '  one two  three\n  four five'],
    ['a well-known-long-hyphenated-name of it', '  a well-known-long-\n  hyphenated-name of\n  it'],
    ['abcdefghijklmnopqrstuvwxyz', '  abcdefghijklmnopqr\n  stuvwxyz'],
    ['yes--no and some text--more of it', '  yes--no and some\n  text--more of it'],
    ['tab\there\nline', '  tab     here line'],
    ['größe ☃ and ünïcödé words in it', '  größe ☃ and\n  ünïcödé words in\n  it'],
  ])('breaks %j', (text, lines) => {
    expect(wrapWords(text, 20, 2)).toBe(lines);
  });
});
