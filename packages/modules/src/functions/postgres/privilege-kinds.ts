import { failure } from '../failure.ts';

/** What rights can be given on. */
export interface ObjectKind {
  readonly rights: readonly string[];
  /** The columns of its rights and its owner. */
  readonly acl: string;
  readonly owner: string;
  /** Where the one of a name is found; both are quoted texts. */
  readonly from: (name: string, schema: string) => string;
}

function relation(rights: readonly string[], kinds: string): ObjectKind {
  return {
    ...{ rights, acl: 'c.relacl', owner: 'c.relowner' },
    from: (name, schema) =>
      `FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${schema} AND c.relname = ${name} AND c.relkind IN (${kinds})`,
  };
}

function named(rights: readonly string[], table: string, [column, owner, acl]: readonly [string, string, string]) {
  return { rights, acl, owner, from: (name: string) => `FROM ${table} WHERE ${column} = ${name}` };
}

/** The kinds, as `object_type` names them. */
export const objectKinds: Readonly<Record<string, ObjectKind>> = {
  table: relation(
    ['INSERT', 'SELECT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
    "'r', 'v', 'm', 'f', 'p'",
  ),
  sequence: relation(['SELECT', 'UPDATE', 'USAGE'], "'S'"),
  schema: named(['USAGE', 'CREATE'], 'pg_namespace', ['nspname', 'nspowner', 'nspacl']),
  database: named(['CREATE', 'TEMPORARY', 'CONNECT'], 'pg_database', ['datname', 'datdba', 'datacl']),
  tablespace: named(['CREATE'], 'pg_tablespace', ['spcname', 'spcowner', 'spcacl']),
  language: named(['USAGE'], 'pg_language', ['lanname', 'lanowner', 'lanacl']),
  function: {
    ...{ rights: ['EXECUTE'], acl: 'p.proacl', owner: 'p.proowner' },
    from: (name, schema) =>
      `FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ${schema} AND p.oid::regprocedure::text = ${name}`,
  },
};

/** The kind of a name, in any case of letters. */
export function requireKind(given: string): ObjectKind {
  const type = given.toLowerCase();
  const kind = Object.hasOwn(objectKinds, type) ? objectKinds[type] : undefined;
  if (kind === undefined) throw failure(`Invalid object_type: ${type} provided`);
  return kind;
}
