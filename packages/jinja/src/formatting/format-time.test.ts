import { describe, expect, it } from 'vitest';
import { formatTime } from './format-time.ts';

describe('formatTime', () => {
  it('writes every directive as Python on Linux does', () => {
    const date = new Date(2024, 2, 1, 7, 5, 9);
    const format =
      '%Y-%m-%d %H:%M:%S|%y %j %A %a %B %b %p %I|%U %W %w %u|%e %k %l|%V %G %g %C|%c|%D %F %T %R %r|%x %X|%%|%-d %-m %-H %_d|%z%Z|';
    expect(formatTime(date, format)).toBe(
      '2024-03-01 07:05:09|24 061 Friday Fri March Mar AM 07|08 09 5 5| 1  7  7|09 2024 24 20|Fri Mar  1 07:05:09 2024|03/01/24 2024-03-01 07:05:09 07:05 07:05:09 AM|03/01/24 07:05:09|%|1 3 7  1||',
    );
  });

  it('leaves directives that do not exist as they are', () => {
    expect(formatTime(new Date(0), 'a %Q %')).toBe('a %Q %');
  });
});
