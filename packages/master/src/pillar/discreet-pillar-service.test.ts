import { AppError, silentLogger, type Logger, type MinionId, type Problem } from '@brine/common';
import { expect, it } from 'vitest';
import { createDiscreetPillarService } from './discreet-pillar-service.ts';

it('tells a minion what failed, and the log how', async () => {
  const span = { file: 'db.sls', line: 3 };
  const problems: readonly Problem[] = [
    {
      severity: 'error',
      code: 'pillar-render',
      summary: "Rendering SLS 'db' failed: near hunter2",
      span,
      quotedLine: 'hunter2',
    },
    { severity: 'error', code: 'pillar-render', summary: "Rendering SLS 'db' failed: hunter2 again", span },
    { severity: 'error', code: 'pillar-external', summary: 'Failed to load ext_pillar stack: hunter2' },
    {
      severity: 'error',
      code: 'pillar-sls-missing',
      summary: "Specified SLS 'x' is missing",
      span,
      help: 'did you mean y?',
    },
  ];
  const logged: string[] = [];
  const logger: Logger = { ...silentLogger, error: (_message, details) => logged.push(String(details?.['problems'])) };
  const service = createDiscreetPillarService(
    {
      compile: () => Promise.reject(new AppError({ code: 'pillar-failed', message: 'hunter2', problems })),
      close: () => Promise.resolve(),
    },
    logger,
  );
  await expect(service.compile({ minion: 'web1' as MinionId, grains: new Map() })).rejects.toMatchObject({
    code: 'pillar-failed',
    message: expect.not.stringContaining('hunter2') as string,
    problems: [
      {
        severity: 'error',
        code: 'pillar-render',
        summary: "Rendering SLS 'db' failed. Please see master log for details.",
        span,
      },
      {
        severity: 'error',
        code: 'pillar-external',
        summary: 'Failed to load ext_pillar stack. Please see master log for details.',
      },
      {
        severity: 'error',
        code: 'pillar-sls-missing',
        summary: "Specified SLS 'x' is missing",
        span,
        help: 'did you mean y?',
      },
    ],
  });
  expect(logged.join().match(/hunter2/g)?.length).toBeGreaterThanOrEqual(3);
});
