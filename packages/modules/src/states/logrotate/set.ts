import { pythonStr, type Value } from '@brine/common';
import { z } from 'zod';
import {
  absolutePath,
  anyValue,
  defineState,
  fails,
  isOk,
  lineText,
  optional,
  text,
  willChange,
  withDefault,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  findDirective,
  findInBlock,
  setDirective,
  setInBlock,
  type DirectiveValue,
} from '../../providers/logrotate/configuration.ts';

/** `logrotate.set` */
export const set = defineState({
  name: 'logrotate.set',
  summary: 'Keeps a directive of logrotate at a value, in general or for one log.',
  args: z.object({
    name: text().describe('Any name.'),
    key: lineText().describe('The directive, or the log when a setting is given.'),
    value: anyValue().describe('The value, or the directive of that log.'),
    setting: optional(anyValue()).describe('The value of the directive of the log; false removes it.'),
    conf_file: withDefault(absolutePath(), '/etc/logrotate.conf').describe('The configuration.'),
  }),
  examples: [
    `keep ten:
  logrotate.set:
    - key: rotate
    - value: 10`,
    `compress wtmp:
  logrotate.set:
    - key: /var/log/wtmp
    - value: rotate
    - setting: 2`,
  ],
  async check({ key, value, setting, conf_file: path }, { host }) {
    const word = pythonStr(value);
    const shown = pythonStr(setting ?? value);
    if (setting !== undefined && !/^\w+$/.test(word)) return fails(`${word} cannot be the name of a directive`);
    if (/[\n{}]/.test(`${key}${word}${shown}`)) return fails('A directive stands on one line and has no braces');
    const inBlock = { block: key, key: word };
    const isGeneral = setting === undefined;
    const place = isGeneral ? await findDirective(host, path, key) : await findInBlock(host, path, inBlock);
    const wanted = toDirective(setting ?? value);
    const what = isGeneral ? `command '${key}'` : `block '${key}' command '${word}'`;
    const capital = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
    if (place.current === wanted) return isOk(`${capital} already has value: ${shown}`);
    const changes = { old: toShown(place.current), new: setting ?? value };
    return willChange({ comment: `${capital} will be set to value: ${shown}`, changes }, (machine) =>
      attempt(`Unable to set ${what} value: ${shown}`, async () => {
        const { text: before } = place;
        const content = isGeneral ? setDirective(before, key, wanted) : setInBlock(before, inBlock, wanted);
        await machine.files.write(place.path, Buffer.from(content));
        return { comment: `Set ${what} value: ${shown}`, changes };
      }),
    );
  },
});

function toDirective(value: Value): DirectiveValue {
  return typeof value === 'boolean' ? value : pythonStr(value);
}

// Numbers are told as such, as Salt reads them.
function toShown(value: DirectiveValue): boolean | string | number {
  return typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
}
