import { describe, expect, it } from 'vitest';
import { createJinja } from '../index.ts';

function render(text: string, random?: () => number): string {
  const host = { loader: { load: () => undefined }, call: () => null, ...(random === undefined ? {} : { random }) };
  return createJinja({}, host).render({ file: 't', text }, new Map()).text;
}

describe('random_sample and random_shuffle', () => {
  it('choose with a seed what Salt chooses', () => {
    expect(render("{{ range(10) | list | random_sample(3, seed='web1') }}")).toBe('[7, 8, 3]');
    expect(render("{{ range(100) | list | random_sample(4, seed='x') }}")).toBe('[55, 92, 35, 15]');
    expect(render("{{ 'abcde' | list | random_shuffle(seed='static') }}")).toBe("['d', 'e', 'b', 'a', 'c']");
  });

  it('take their chance from the host otherwise', () => {
    expect(render("{{ ['a', 'b', 'c'] | random_shuffle }} {{ [1, 2] | random }}", () => 0)).toBe("['a', 'c', 'b'] 1");
  });
});
