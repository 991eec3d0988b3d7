/** A job of a crontab. */
export interface CronJob {
  /** `minute hour daymonth month dayweek`, or `@daily` and its like. */
  readonly schedule: string;
  readonly command: string;
  readonly comment?: string | undefined;
  readonly identifier?: string | undefined;
  /** Written down, but commented out. */
  readonly isCommented: boolean;
}

/** A crontab: what nobody manages stays as it is, and comes first. */
export interface Crontab {
  readonly before: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly jobs: readonly CronJob[];
}

const banner = '# Lines below here are managed by Salt, do not edit';
const mark = 'SALT_CRON_IDENTIFIER:';
const commented = '#DISABLED#';
// What Salt writes for a job that was given none.
const noIdentifier = 'NO ID SET';

/** Reads a crontab in the form Salt writes, so that both can manage the same ones. */
export function readCrontab(text: string): Crontab {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const start = lines.indexOf(banner);
  const own = start < 0 ? lines : lines.slice(0, start);
  return { before: own, ...readManaged(start < 0 ? [] : lines.slice(start + 1)) };
}

function readManaged(lines: readonly string[]): Pick<Crontab, 'variables' | 'jobs'> {
  const variables = new Map<string, string>();
  const jobs: CronJob[] = [];
  let notes: { comment?: string; identifier?: string } = {};
  for (const line of lines) {
    const job = readJob(line);
    const [, name, value = ''] = /^\s*([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
    if (job !== undefined) {
      jobs.push({ ...job, ...notes });
      notes = {};
    } else if (name !== undefined) variables.set(name, value);
    else if (line.startsWith('#')) notes = addNotes(notes, readNotes(line.slice(1).trim()));
  }
  return { variables, jobs };
}

function readJob(line: string): CronJob | undefined {
  const isCommented = line.startsWith(commented);
  const body = isCommented ? line.slice(commented.length) : line;
  const [, schedule, command] = /^(@\w+|[\d*]\S*(?:\s+\S+){4})\s+(.*)$/.exec(body.trimStart()) ?? [];
  if (schedule === undefined || command === undefined) return undefined;
  return { schedule: schedule.replace(/\s+/g, ' '), command, isCommented };
}

// A comment may have several lines, each with a sign of its own.
function addNotes(
  before: { comment?: string; identifier?: string },
  more: { comment?: string; identifier?: string },
): { comment?: string; identifier?: string } {
  const lines = [before.comment, more.comment].filter((line) => line !== undefined);
  return { ...before, ...more, ...(lines.length === 0 ? {} : { comment: lines.join('\n') }) };
}

function readNotes(text: string): { comment?: string; identifier?: string } {
  const at = text.indexOf(mark);
  if (at < 0) return { comment: text };
  const comment = text.slice(0, at).trim();
  return { identifier: text.slice(at + mark.length).trim(), ...(comment === '' ? {} : { comment }) };
}

/** Writes a crontab in Salt's order: variables, jobs with five fields, jobs with a nickname. */
export function writeCrontab({ before, variables, jobs }: Crontab): string {
  const lines = [
    ...before,
    banner,
    ...Array.from(variables, ([name, value]) => `${name}=${value === '' ? '""' : value}`),
    ...jobs.filter((job) => !isNamed(job)).flatMap(jobLines),
    ...jobs.filter(isNamed).flatMap(jobLines),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function isNamed({ schedule }: CronJob): boolean {
  return schedule.startsWith('@');
}

/** The crontab with a job at its end, in place of the one that was found. */
export function putJob(crontab: Crontab, job: CronJob, found: CronJob | undefined): Crontab {
  return { ...crontab, jobs: [...crontab.jobs.filter((one) => one !== found), job] };
}

/** The crontab with a variable at the end of the variables, in place of what it was. */
export function putVariable(crontab: Crontab, name: string, value: string): Crontab {
  const others = [...crontab.variables].filter(([one]) => one !== name);
  return { ...crontab, variables: new Map([...others, [name, value]]) };
}

/** Whether a variable has a value already; the empty one is written as two quotation marks. */
export function hasValue({ variables }: Crontab, name: string, value: string): boolean {
  const current = variables.get(name);
  return current === value || (value === '' && current === '""');
}

function jobLines(job: CronJob): readonly string[] {
  const notes = [
    job.comment?.replaceAll('\n', '\n# ') ?? '',
    job.identifier === undefined ? '' : `${mark}${job.identifier}`,
  ].filter((note) => note !== '');
  const line = `${job.isCommented ? commented : ''}${job.schedule} ${job.command}`;
  return notes.length === 0 ? [line] : [`# ${notes.join(' ')}`, line];
}

/** The job an identifier or, without one, a command means. */
export function findJob(
  crontab: Crontab,
  wanted: { readonly command: string; readonly identifier: string },
): CronJob | undefined {
  return (
    crontab.jobs.find(({ identifier }) => identifier === wanted.identifier) ??
    crontab.jobs.find((job) => job.command === wanted.command && (job.identifier ?? noIdentifier) === noIdentifier)
  );
}
