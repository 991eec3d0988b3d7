import { AppError, isDict, targetTypes, toPlain, type Dict, type Value } from '@brine/common';
import { z } from 'zod';

const TargetMember = z.strictObject({
  type: z.enum(targetTypes).default('glob'),
  expression: z.string().max(1_000_000),
  delimiter: z.string().min(1).max(20).exactOptional(),
});

/** `POST /v1/targets` */
export const TargetBody = z.strictObject({ target: TargetMember });
export type TargetBody = z.infer<typeof TargetBody>;

const milliseconds = z.number().int().nonnegative().max(86_400_000);
const size = z.string().max(20);

/** `POST /v1/jobs` */
export const JobBody = z
  .strictObject({
    target: TargetMember,
    function: z.string().min(1).max(200),
    deliverWithin: z.number().int().positive().max(31_536_000_000).default(5000),
    durable: z.boolean().default(false),
    patience: z.number().int().nonnegative().max(86_400_000).default(15_000),
    follow: z.boolean().default(false),
    batch: z
      .strictObject({ size, wait: milliseconds.exactOptional(), failhard: z.boolean().exactOptional() })
      .exactOptional(),
    safeBatch: z.strictObject({ limit: z.number().int().positive(), size }).exactOptional(),
    subset: z.number().int().positive().exactOptional(),
    /** Where minions hand their returns beside the master. */
    returners: z
      .strictObject({
        names: z.array(z.string().min(1).max(100)).max(20),
        config: z.string().max(200).exactOptional(),
        kwargs: z.record(z.string(), z.unknown()).exactOptional(),
      })
      .exactOptional(),
    /** The id the job is to have. */
    jid: z.string().max(20).exactOptional(),
    /** Answers with their secrets, for this request alone; see docs/secrets.md. */
    showsSecrets: z.boolean().default(false),
    user: z.string().max(200).default('unknown'),
  })
  .refine(
    ({ follow, showsSecrets }) => follow || !showsSecrets,
    'secrets are shown to who follows the job: set follow too',
  );
export type JobBody = z.infer<typeof JobBody>;

/** `GET /v1/jobs` */
export const JobsQuery = z.strictObject({
  limit: z.coerce.number().int().positive().max(1000).default(50),
  /** The job id that the page before ended with (`next`). */
  before: z
    .string()
    .regex(/^\d{20}$/)
    .optional(),
});
export type JobsQuery = z.infer<typeof JobsQuery>;

/** `POST /v1/runners` */
export const RunnerBody = z.strictObject({
  function: z.string().min(1).max(200),
  /** Answer at once with what its events are called, and do not wait. */
  background: z.boolean().default(false),
  /** Seconds in place of `timeout` of the configuration, for this call. */
  timeout: z.number().int().positive().max(86_400).exactOptional(),
  /** The id the call is to have: 20 digits. */
  jid: z.string().max(20).exactOptional(),
  /** `salt.cmd` runs its function without grains. */
  skipsGrains: z.boolean().exactOptional(),
  user: z.string().max(200).default('unknown'),
});
export type RunnerBody = z.infer<typeof RunnerBody>;

/** `POST /v1/login` */
export const LoginBody = z.strictObject({
  username: z.string().max(256),
  password: z.string().max(4096),
  eauth: z.string().max(50),
  /** Seconds; heard only where the configuration allows it. */
  expire: z.number().positive().max(315_360_000).optional(),
});
export type LoginBody = z.infer<typeof LoginBody>;

const KeyStateName = z.enum(['accepted', 'pending', 'rejected', 'denied']);

/** `POST /v1/keys` */
export const KeyChangeBody = z.strictObject({
  action: z.enum(['accept', 'reject', 'delete']),
  match: z.string().min(1).max(10_000),
  from: z.array(KeyStateName).min(1),
});
export type KeyChangeBody = z.infer<typeof KeyChangeBody>;

const Match = z.strictObject({ match: z.string().min(1).max(1_000_000) });

/** `POST /v1/keys/restore`, `POST /v1/keys/rotate` */
export const KeyMatchBody = Match;
export type KeyMatchBody = z.infer<typeof KeyMatchBody>;

/** `POST /v1/keys/tokens` */
export const TokenBody = z.strictObject({
  match: z.string().min(1).max(10_000).default('*'),
  milliseconds: z.number().int().positive().max(31_536_000_000).default(3_600_000),
});
export type TokenBody = z.infer<typeof TokenBody>;

/** `POST /v1/keys/tokens/revoke` */
export const TokenNameBody = z.strictObject({ name: z.string().min(1).max(100) });
export type TokenNameBody = z.infer<typeof TokenNameBody>;

/** Arguments of a call keep their exact types, so they stay outside the plain schemas. */
export interface CallArguments {
  readonly positional: readonly Value[];
  readonly keyword: Dict;
  /** What the client wants to find the job by. */
  readonly metadata?: Value;
}

/** Splits a body into its plain members, read by `schema`, and those that may hold any value. */
export function readCall<Schema extends z.ZodType>(body: Value, schema: Schema): z.infer<Schema> & CallArguments {
  const rest: Dict = new Map(requireDict(body));
  const positional = rest.get('positional') ?? [];
  const keyword = rest.get('keyword') ?? new Map<Value, Value>();
  rest.delete('positional');
  const metadata = rest.get('metadata');
  rest.delete('keyword');
  rest.delete('metadata');
  if (!Array.isArray(positional)) throw invalid('positional must be a list');
  if (!isDict(keyword)) throw invalid('keyword must be a mapping');
  const values = { positional, keyword, ...(metadata === undefined ? {} : { metadata }) };
  return { ...(readPlain(rest, schema) as object), ...values } as z.infer<Schema> & CallArguments;
}

/** Reads a whole body by `schema`. */
export function readPlain<Schema extends z.ZodType>(body: Value, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(toPlain(requireDict(body)));
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error).replaceAll('\n', '; '));
}

/** Reads the query of a request by `schema`. */
export function readQuery<Schema extends z.ZodType>(query: unknown, schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw invalid(z.prettifyError(parsed.error).replaceAll('\n', '; '));
}

function requireDict(body: Value): Dict {
  if (isDict(body)) return body;
  throw invalid('the body must be a mapping');
}

function invalid(message: string): AppError {
  return new AppError({ code: 'request-invalid', message });
}
