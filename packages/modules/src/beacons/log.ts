import { compilePythonRegex, isDict, limitTime, pythonStr, type Dict } from '@brine/common';
import { mappingOf, payload, type BeaconContext, type BeaconDeclaration } from './beacon.ts';

// Of a log that grew more than this since the last look the newest part is read.
const mostAtOnce = 1_048_576;
const matchLimit = 500;

/** `log` */
export const log: BeaconDeclaration = {
  name: 'log',
  summary: 'Tells of new lines of a file that match a regular expression from their beginning.',
  example: `log:
  - file: /var/log/messages
  - tags:
      goodbye/world:
        regex: .*good-bye.*`,
  validate: (config) => (config.has('file') ? undefined : 'Configuration for log beacon must contain file option.'),
  create(context) {
    let place: Place | undefined;
    return {
      async look(config) {
        const read = await readNew(context, pythonStr(config.get('file') ?? ''), place);
        place = read.place;
        const lines = read.text.split(/\r\n|\r|\n/).filter((line) => line !== '');
        return lines.length === 0 ? [] : matches(mappingOf(config, 'tags'), lines);
      },
    };
  },
};

interface Place {
  readonly inode: number;
  readonly offset: number;
}

/** What came since the last look, in whole lines. A file that was replaced or cut is read from its beginning. */
async function readNew(
  { host }: BeaconContext,
  file: string,
  last: Place | undefined,
): Promise<{ readonly text: string; readonly place: Place | undefined }> {
  const stat = await host.files.stat(file, { follow: true });
  if (stat === undefined) throw new Error(`[Errno 2] No such file or directory: '${file}'`);
  if (last === undefined) return { text: '', place: { inode: stat.inode, offset: stat.size } };
  const isSame = stat.inode === last.inode && stat.size >= last.offset;
  const from = Math.max(isSame ? last.offset : 0, stat.size - mostAtOnce);
  const bytes = (await host.files.read(file, { offset: from, limit: stat.size - from })) ?? new Uint8Array();
  // The rest of a line that is being written comes with the next look.
  const whole = bytes.lastIndexOf(0x0a) + 1;
  return {
    text: new TextDecoder().decode(bytes.subarray(0, whole)),
    place: { inode: stat.inode, offset: from + whole },
  };
}

function matches(tags: Dict, lines: readonly string[]): readonly Dict[] {
  const found: Dict[] = [];
  const event = (tag: string, how: { readonly raw?: string; readonly error?: string }): void => {
    const match = how.raw === undefined ? 'no' : 'yes';
    found.push(payload(['tag', tag], ['match', match], ['raw', how.raw ?? ''], ['error', how.error ?? '']));
  };
  for (const [key, settings] of tags) {
    const tag = pythonStr(key);
    const pattern = isDict(settings) ? pythonStr(settings.get('regex') ?? '') : '';
    if (pattern === '') continue;
    let regex: RegExp;
    try {
      regex = compilePythonRegex(pattern, 'y');
    } catch {
      event(tag, { error: 'bad regex' });
      continue;
    }
    try {
      const matching = limitTime(matchLimit, () => lines.filter((line) => startsWith(regex, line)));
      for (const raw of matching) event(tag, { raw });
    } catch {
      event(tag, { error: 'bad match' });
    }
  }
  return found;
}

/** A regular expression with the flag `y` matches at its own place only. */
function startsWith(regex: RegExp, line: string): boolean {
  regex.lastIndex = 0;
  return regex.test(line);
}
