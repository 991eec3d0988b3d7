import { z } from 'zod';
import { flag, optionalText, text, texts } from '../config-types.ts';

/** Keys about how states are run and how results are shown. */
export const stateKeys = {
  test: flag(false, 'Whether states only foretell what they would do.'),
  failhard: flag(false, 'Whether a run ends at the first state that fails.'),
  state_auto_order: flag(true, 'Whether states run in the order they are written in.'),
  state_aggregate: z
    .union([z.boolean(), z.array(z.string()).readonly()])
    .default(false)
    .meta({
      type: 'true, false, or a list of state modules',
      description: 'Which states are carried out together, such as packages.',
    }),
  state_events: flag(false, 'Whether each state sends an event when it is done.'),
  disabled_requisites: texts([], 'Requisites that are ignored.'),
  state_verbose: flag(true, 'Whether states without changes are shown.'),
  state_output: text(
    'full',
    'How results of states are shown: full, terse, mixed, changes, filter, or one with `_id`.',
  ),
  state_output_diff: flag(false, 'Whether only states with changes are shown.'),
  state_output_profile: flag(true, 'Whether start and duration of each state are shown.'),
  state_output_pct: flag(false, 'Whether the summary shows percentages.'),
  state_output_exclude: text('', 'What `state_output: filter` leaves out: results, separated by commas.'),
  state_output_terse: text('', 'What `state_output: filter` shows in one line: results, separated by commas.'),
  state_tabular: z
    .union([z.boolean(), z.string()])
    .default(false)
    .meta({ type: 'true, false, or a format', description: 'How one-line results are laid out.' }),
  output: optionalText('The outputter used when none is asked for.'),
  state_compress_ids: flag(false, 'Whether the steps of one id are shown as one, with `_id` forms of `state_output`.'),
  output_indent: z
    .union([z.int(), z.string(), z.null()])
    .default(null)
    .meta({ type: 'a number, `pretty`, or nothing', description: 'How deep the outputters json and yaml indent.' }),
  color: flag(true, 'Whether results are shown in colour on a terminal.'),
  color_theme: optionalText('A file with codes (`RED: 0;31`) for colours that are to differ from the standard ones.'),
  strip_colors: flag(true, 'Whether escape sequences in answers are shown as `?` instead of reaching the terminal.'),
  output_file: optionalText('The file that results are appended to instead of being shown.'),
  show_jid: flag(false, 'Whether the id of a job is shown before its answers.'),
  cli_summary: flag(false, 'Whether the answers to a job are counted at the end.'),
  show_timeout: flag(true, 'Whether minions that did not answer are shown.'),
};
