/** The statuses of deliveries that have not ended. */
export const live = `('queued', 'delivered', 'running')`;

/** Each entry brings a database from the version of its index to the next one. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE jobs (
    jid TEXT PRIMARY KEY, fun TEXT NOT NULL, positional BLOB NOT NULL, keyword BLOB NOT NULL,
    target_type TEXT NOT NULL, target TEXT NOT NULL, user TEXT NOT NULL,
    created_at INTEGER NOT NULL, not_after INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE deliveries (
    jid TEXT NOT NULL, minion TEXT NOT NULL, status TEXT NOT NULL, updated_at INTEGER NOT NULL,
    started_at INTEGER, retcode INTEGER, value BLOB, outputter TEXT, duration REAL,
    PRIMARY KEY (jid, minion)
  ) WITHOUT ROWID;
  CREATE INDEX deliveries_live ON deliveries (minion, jid) WHERE status IN ('queued', 'delivered', 'running');
  CREATE TABLE minions (
    id TEXT PRIMARY KEY, grains BLOB NOT NULL, version TEXT NOT NULL, salt_version TEXT NOT NULL, seen_at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE counters (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  `,
  // A delivery has its own time to run out: in batches they differ, and what is held back has none yet.
  `
  ALTER TABLE jobs ADD COLUMN further BLOB;
  ALTER TABLE deliveries ADD COLUMN not_after INTEGER;
  UPDATE deliveries SET not_after = (SELECT not_after FROM jobs j WHERE j.jid = deliveries.jid) WHERE status = 'queued';
  CREATE INDEX deliveries_queued ON deliveries (not_after, jid) WHERE status = 'queued';
  CREATE INDEX jobs_of_function ON jobs (fun, jid);
  `,
  `
  ALTER TABLE jobs ADD COLUMN durable INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE jobs ADD COLUMN lane TEXT;
  CREATE INDEX jobs_lane ON jobs (lane) WHERE lane IS NOT NULL;
  `,
  // What is kept of minions beside their grains; sealed, for it may hold secrets.
  `
  CREATE TABLE minion_data (
    id TEXT NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL, PRIMARY KEY (id, kind)
  ) WITHOUT ROWID;
  `,
  // What tells a repeated request to submit a job from a new one.
  `
  ALTER TABLE jobs ADD COLUMN once_key TEXT;
  ALTER TABLE jobs ADD COLUMN once_digest TEXT;
  CREATE UNIQUE INDEX jobs_once ON jobs (once_key) WHERE once_key IS NOT NULL;
  `,
  // Jobs of several functions are few, and looked through for each of theirs.
  `
  CREATE INDEX jobs_of_several ON jobs (jid) WHERE instr(fun, ',') > 0;
  `,
  // Which pillar a run worked with.
  `
  ALTER TABLE deliveries ADD COLUMN pillar_version TEXT;
  `,
  // Which jobs the master runs itself; until now their functions told.
  `
  ALTER TABLE jobs ADD COLUMN own INTEGER;
  UPDATE jobs SET own = 1 WHERE fun LIKE 'runner.%';
  `,
];
