import { expect, it } from 'vitest';
import { AppError } from '../app-error.ts';
import { createLogger, type Logger } from '../logger.ts';
import type { Value } from '../value.ts';
import { redactLogger } from './redact-logger.ts';
import { redactPlain } from './redact-plain.ts';
import { createRunSecrets } from './run-secrets.ts';

const key = new Uint8Array(32).fill(7);

function createRecordingLogger(lines: unknown[]): Logger {
  return createLogger((level, message, data) => void lines.push([level, message, data]));
}

it('hides a secret from when it is learnt, and by its name once the pillar is known', () => {
  const secrets = createRunSecrets();
  const { redactor } = secrets;
  const seen = [redactor.text('tr0ub4dor')];
  secrets.learn(['tr0ub4dor\n'], key);
  seen.push(redactor.text('tr0ub4dor'));
  secrets.name(new Map<Value, Value>([['db', [new Map<Value, Value>([['pw', 'tr0ub4dor']])]]]));
  seen.push(redactor.text('tr0ub4dor'));
  secrets.learn(['tr0ub4dor\n'], new Uint8Array(32));
  seen.push(redactor.text('tr0ub4dor'));
  expect(seen).toEqual(['tr0ub4dor', 'secret#24cadd', 'secret:db:0:pw#24ca', 'secret:db:0:pw#24ca']);
});

it('keeps secrets out of the lines of a logger, whatever they are in', () => {
  const lines: unknown[] = [];
  const secrets = createRunSecrets();
  const logger = redactLogger(createRecordingLogger(lines), secrets.redactor).child({ step: 'set tr0ub4dor' });
  secrets.learn(['tr0ub4dor', '98852'], key);
  logger.debug('called', { command: ['mysql', '-ptr0ub4dor'], pin: 98852, nested: { url: 'db://u:tr0ub4dor@h' } });
  expect(lines).toEqual([
    [
      'debug',
      'called',
      {
        step: 'set secret#24cadd',
        command: ['mysql', '-psecret#24cadd'],
        pin: 'secret#a5b431',
        nested: { url: 'db://u:secret#24cadd@h' },
      },
    ],
  ]);
});

it('keeps secrets out of an error, its problems and its causes', () => {
  const secrets = createRunSecrets();
  secrets.learn(['tr0ub4dor'], key);
  const error = new AppError({
    code: 'yaml-syntax',
    message: 'bad: tr0ub4dor',
    details: { line: 'tr0ub4dor' },
    problems: [{ severity: 'error', code: 'yaml-syntax', summary: 'tr0ub4dor', quotedLine: 'pw: tr0ub4dor' }],
    cause: new TypeError('of tr0ub4dor', { cause: 'tr0ub4dor' }),
    exitCode: 3,
  });
  const redacted = redactPlain(error, secrets.redactor) as AppError;
  const cause = redacted.cause as Error;
  const { name, code, message, stack, details, problems, exitCode } = redacted;
  expect({ name, code, message, stack: stack?.split('\n')[0], details, problems, exitCode }).toEqual({
    name: 'AppError',
    code: 'yaml-syntax',
    message: 'bad: secret#24cadd',
    stack: 'AppError: bad: secret#24cadd',
    details: { line: 'secret#24cadd' },
    problems: [{ severity: 'error', code: 'yaml-syntax', summary: 'secret#24cadd', quotedLine: 'pw: secret#24cadd' }],
    exitCode: 3,
  });
  expect([cause.name, cause.message, cause.cause]).toEqual(['TypeError', 'of secret#24cadd', 'secret#24cadd']);
});
