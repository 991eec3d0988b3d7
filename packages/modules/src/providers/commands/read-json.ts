import { AppError } from '@brine/common';

/** What a program wrote, read as the JSON it was asked for. Throws `state-failed` with its words when it wrote something else. */
export function readJson(program: string, written: string): unknown {
  try {
    return JSON.parse(written);
  } catch (cause) {
    const words = written.trim().slice(0, 200);
    const said = words === '' ? 'nothing' : words;
    throw new AppError({ code: 'state-failed', message: `${program} did not answer in JSON: ${said}`, cause });
  }
}
