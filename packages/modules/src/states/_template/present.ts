import { z } from 'zod';
import { defineState, fails, fileMode, isOk, optional, text, willChange } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';

// A state to start from: copy it to states/MODULE/FUNCTION.ts and give everything its new name. It keeps a line in a
// file of its own below /etc/notes.d. What it shows: arguments with their descriptions, the three outcomes of a check,
// a comment in Salt's words for each, and changes that are told before and done after.

/** `template.present` */
export const present = defineState({
  // As SLS files write it: module, dot, function. The file is named for the function, its folder for the module.
  name: 'template.present',
  // One line for the reference page.
  summary: 'Keeps a note on this machine.',
  // `name` comes first. Every argument has a description; `optional` and `withDefault` say what absence means.
  args: z.object({
    name: text().describe('Name of the note, a file below /etc/notes.d.'),
    content: text().describe('What it says, on one line.'),
    mode: optional(fileMode()).describe("Permission bits of a new note, such as '0600'."),
  }),
  // SLS texts, each shown on the reference page and run by the tests.
  examples: [
    `contact:
  template.present:
    - content: call the operators`,
  ],
  // The check only looks: its host has no way to change anything, and nothing tells it whether this is a dry run.
  async check({ name, content, mode }, { host }) {
    // What cannot be done is said before anything else; what reaches a path or a command line is looked at first.
    if (!/^[\w-]+$/.test(name)) return fails(`The name ${name} cannot be that of a note`);
    const path = `/etc/notes.d/${name}`;
    const before = await host.files.read(path);
    const old = before === undefined ? null : Buffer.from(before).toString('utf8').trimEnd();
    if (old === content) return isOk(`Note ${name} is already present`);
    // The same object stands in the foretelling and in what was done, so that the two cannot differ.
    const changes = { [name]: { old, new: content } };
    return willChange({ comment: `Note ${name} is set to be written`, changes }, (machine) =>
      // `attempt` turns the foreseen errors of files and programs into a failed step with their text as its comment.
      attempt(`Failed to write note ${name}`, async () => {
        if ((await machine.files.stat('/etc/notes.d')) === undefined) await machine.files.makeDirectory('/etc/notes.d');
        await machine.files.write(path, Buffer.from(`${content}\n`), mode === undefined ? {} : { mode });
        return { comment: `Note ${name} was written`, changes };
      }),
    );
  },
});
