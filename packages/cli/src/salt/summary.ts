/** How one minion ended. */
interface Ending {
  readonly minion: string;
  readonly status: string;
  readonly retcode: number;
  readonly hasAnswered: boolean;
}

/** Counts how a job ended. */
export interface Summary {
  readonly jid: string;
  begin(jid: string, minions: readonly string[]): void;
  add(ending: Ending): void;
  /** Whether every minion ended well. */
  isGood(): boolean;
  /** What `--summary` prints. */
  text(): string;
  /** What is said on standard error when not every minion ended well. */
  complaint(): string;
}

/** Creates an empty summary. */
export function createSummary(): Summary {
  const endings = new Map<string, Ending>();
  let targeted: readonly string[] = [];
  let jid = '';
  const all = (): readonly Ending[] => [...endings.values()];
  // A durable job that waits for a minion does what was asked.
  const waiting = (): readonly string[] => targeted.filter((minion) => endings.get(minion)?.status === 'queued');
  const silent = (): readonly string[] =>
    targeted.filter((minion) => endings.get(minion)?.hasAnswered !== true && endings.get(minion)?.status !== 'queued');
  const withErrors = (): readonly Ending[] =>
    all().filter(({ hasAnswered, status, retcode }) => hasAnswered && (status !== 'ok' || retcode !== 0));
  return {
    get jid() {
      return jid;
    },
    begin(given, minions) {
      jid = given;
      targeted = minions;
    },
    add: (ending) => void endings.set(ending.minion, ending),
    isGood: () => silent().length === 0 && withErrors().length === 0,
    text() {
      const line = '-'.repeat(43);
      const away = silent();
      return [
        ...['', line, 'Summary', line],
        `# of minions targeted: ${targeted.length}`,
        `# of minions returned: ${targeted.length - away.length - waiting().length}`,
        ...(waiting().length > 0 ? [`# of minions the job waits for: ${waiting().length}`] : []),
        `# of minions that did not return: ${away.length}`,
        `# of minions with errors: ${withErrors().length}`,
        ...(away.length > 0 ? [`Minions not responding: ${away.join(' ')}`] : []),
        ...(withErrors().length > 0 ? [`Minions with failures: ${namesOf(withErrors())}`] : []),
        ...[line, ''],
      ].join('\n');
    },
    complaint() {
      const away = silent();
      const lines = [
        ...(withErrors().length > 0 ? ['ERROR: Minions returned with non-zero exit code'] : []),
        ...(away.length > 0
          ? [`ERROR: ${away.length} of ${targeted.length} minions did not return: ${away.join(', ')}`]
          : []),
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

function namesOf(endings: readonly Ending[]): string {
  return endings.map(({ minion }) => minion).join(' ');
}
