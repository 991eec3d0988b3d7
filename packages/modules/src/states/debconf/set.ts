import { isAppError, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { z } from 'zod';
import { defineState, dict, fails, isOk, lineText, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { readAnswers, setAnswers, type DebconfAnswer } from '../../providers/debconf/debconf.ts';

/** `debconf.set` */
export const set = defineState({
  name: 'debconf.set',
  summary: 'Keeps answers to the questions a Debian package asks.',
  args: z.object({
    name: lineText().describe('The package.'),
    data: dict().describe('Question to {type, value}.'),
  }),
  examples: [
    `postfix:
  debconf.set:
    - data:
        postfix/main_mailer_type: {type: select, value: Internet Site}`,
  ],
  acceptsUnknown: true,
  async check({ name, data }, { host }) {
    const answers = toAnswers(data);
    if (typeof answers === 'string') return fails(answers);
    if (!/^[a-z0-9][\w.+-]*$/.test(name)) return fails(`The name ${name} cannot be that of a package`);
    try {
      const current = await readAnswers(host);
      const isSet = ({ question, type, value }: DebconfAnswer): boolean => {
        const found = current.get(`${name} ${question}`);
        return found?.type === type && found.value === value;
      };
      const missing = answers.filter((answer) => !isSet(answer));
      if (missing.length === 0) return isOk('All specified answers are already set');
      const settled = answers.filter((answer) => !missing.includes(answer));
      const comment =
        settled.length === 0 ? '' : `Unchanged answers: ${settled.map((one) => `${one.question} `).join('')}`;
      const shown = missing.map(({ question, type, value }) => [
        question,
        type === 'password' ? '(password hidden)' : value,
      ]);
      const changes = Object.fromEntries(shown) as Record<string, string>;
      return willChange({ comment, changes }, (machine) =>
        attempt('Some settings failed to be applied', async () => {
          await setAnswers(machine, name, missing);
          return { comment, changes };
        }),
      );
    } catch (caught) {
      if (!isAppError(caught)) throw caught;
      return fails(caught.message);
    }
  },
});

function toAnswers(data: Dict): readonly DebconfAnswer[] | string {
  const answers: DebconfAnswer[] = [];
  for (const [key, answer] of data) {
    const question = pythonStr(key);
    if (!isDict(answer) || !answer.has('type') || !answer.has('value'))
      return `The answer to ${question} lacks its type or value`;
    const type = pythonStr(answer.get('type') ?? '');
    const value = valueText(type, answer.get('value') ?? '');
    if (!/^\S+$/.test(question) || !/^\w+$/.test(type) || /[\n\r]/.test(value))
      return `The answer to ${question} must be on one line`;
    answers.push({ question, type, value });
  }
  return answers;
}

function valueText(type: string, value: Value): string {
  if (type !== 'boolean') return pythonStr(value);
  return value === true || pythonStr(value).toLowerCase() === 'true' ? 'true' : 'false';
}
