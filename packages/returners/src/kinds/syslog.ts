import { spawn } from 'node:child_process';
import { dumpJson, pythonStr, type Dict } from '@brine/common';
import { returnerError } from '../errors.ts';
import { optionalText, textSetting } from '../read-settings.ts';
import type { Returner, ReturnerSettings } from '../returner.ts';

const levels = ['EMERG', 'ALERT', 'CRIT', 'ERR', 'WARNING', 'NOTICE', 'INFO', 'DEBUG'];
const facilities = [
  ...['KERN', 'USER', 'MAIL', 'DAEMON', 'AUTH', 'LPR', 'NEWS', 'UUCP', 'CRON', 'SYSLOG', 'AUTHPRIV'],
  ...['LOCAL0', 'LOCAL1', 'LOCAL2', 'LOCAL3', 'LOCAL4', 'LOCAL5', 'LOCAL6', 'LOCAL7'],
];

/** Bytes of one message; the rest of a longer one is cut off. */
const longest = 1_048_576;

/** Writes each return or event as a line of JSON to the system's log, by the program `logger`. */
export const syslog: Returner = {
  prefix: 'syslog',
  settings: { level: 'level', facility: 'facility', tag: 'tag', options: 'options', socket: 'socket' },
  defaults: { level: 'LOG_INFO', facility: 'LOG_USER', tag: 'salt-minion' },
  store: async (jobReturn, settings) => write([jobReturn], settings),
  storeEvents: write,
};

async function write(entries: readonly Dict[], settings: ReturnerSettings): Promise<void> {
  const priority = `${nameOf(settings, 'facility', facilities)}.${nameOf(settings, 'level', levels)}`;
  const tag = textSetting(settings, 'tag', 'syslog.tag');
  if (tag.length > 32) throw returnerError('returner-settings', 'syslog.tag has at most 32 characters');
  const given = settings.get('options');
  const options = Array.isArray(given) ? given.map(pythonStr) : [];
  const socket = optionalText(settings, 'socket');
  await runLogger(
    [
      ...['--priority', priority, '--tag', tag, '--size', String(longest), '--socket-errors=on'],
      ...(options.includes('LOG_PID') ? [`--id=${process.pid}`] : []),
      ...(options.includes('LOG_PERROR') ? ['--stderr'] : []),
      ...(socket === undefined ? [] : ['--socket', socket]),
    ],
    entries.map((entry) => `${dumpJson(entry)}\n`).join(''),
  );
}

/** `LOG_INFO` → `info`. Throws `returner-settings`. */
function nameOf(settings: ReturnerSettings, key: 'level' | 'facility', known: readonly string[]): string {
  const text = textSetting(settings, key, `syslog.${key}`);
  const name = text.replace(/^LOG_/, '');
  if (known.includes(name)) return name.toLowerCase();
  const words = known.map((one) => `LOG_${one}`).join(', ');
  throw returnerError('returner-settings', `syslog.${key} is one of ${words}, not ${text}`);
}

async function runLogger(words: readonly string[], input: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = spawn('logger', words, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => {
      said = `${said}${piece.toString()}`.slice(0, 1000);
    });
    child.on('error', (error) => reject(returnerError('returner-failed', `logger: ${error.message}`, error)));
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(returnerError('returner-failed', said.trim() === '' ? `logger ended with ${code}` : said.trim()));
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
  });
}
