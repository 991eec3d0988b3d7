import { createHash } from 'node:crypto';
import { AppError } from '@brine/common';

/** Answers of requests by their `Idempotency-Key`, so that a repeated one does not do it twice. */
export interface IdempotentAnswers<Answer> {
  /**
   * What `work` answers; for a key that was used before, what it answered then. Throws `idempotency-conflict` when the key was
   * used for something else. A failure is not kept.
   */
  once(request: IdempotentRequest, work: () => Promise<Answer>): Promise<Answer>;
}

/** A request that is to be done once. */
export interface IdempotentRequest {
  readonly key: string;
  /** Keys of different callers do not meet. */
  readonly caller: string;
  readonly body: Uint8Array;
}

/** Milliseconds for which answers are kept. */
const keptFor = 86_400_000;

/** Answers that are kept; beyond, the oldest are forgotten. */
const kept = 10_000;

const keyLength = 200;

/** Creates an empty memory; it does not outlive the process. */
export function createIdempotentAnswers<Answer>(now: () => number): IdempotentAnswers<Answer> {
  const answers = new Map<string, { readonly digest: string; readonly at: number; readonly answer: Promise<Answer> }>();
  return {
    async once({ key, caller, body }, work) {
      if (key.length > keyLength) {
        throw new AppError({
          code: 'request-invalid',
          message: `an Idempotency-Key has at most ${keyLength} characters`,
        });
      }
      const digest = createHash('sha256').update(body).digest('base64');
      const name = JSON.stringify([caller, key]);
      const known = answers.get(name);
      if (known !== undefined && now() - known.at < keptFor) {
        if (known.digest === digest) return known.answer;
        throw new AppError({ code: 'idempotency-conflict', message: `the key '${key}' was used for another request` });
      }
      const answer = work();
      answers.set(name, { digest, at: now(), answer });
      answer.catch(() => answers.delete(name));
      if (answers.size > kept) answers.delete(answers.keys().next().value ?? '');
      return answer;
    },
  };
}
