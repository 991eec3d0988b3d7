import { addName, namesOf, removeName, setComment, type HostsLine } from './hosts-text.ts';

/** A name that is to be in the hosts file. */
export interface HostWish {
  readonly name: string;
  readonly ip: readonly string[];
  /** Empty for none. */
  readonly comment: string;
  /** Whether it is taken from other addresses. */
  readonly clean: boolean;
}

/** What becomes of the lines of a hosts file, and what is said of it. */
export interface HostPlan {
  readonly lines: readonly HostsLine[];
  readonly settled: readonly string[];
  readonly pending: readonly string[];
  readonly done: readonly string[];
  readonly changes: Readonly<Record<string, Record<string, string[]>>>;
  readonly warnings: readonly string[];
}

interface Work {
  lines: readonly HostsLine[];
  readonly settled: string[];
  readonly steps: { readonly kind: string; readonly pending: string; readonly done: string }[];
  readonly changes: Record<string, Record<string, string[]>>;
}

/** Plans a name with its addresses. Like Salt it tells of what is there first, then of each kind of change. */
export function planHost(lines: readonly HostsLine[], wish: HostWish): HostPlan {
  const work: Work = { lines, settled: [], steps: [], changes: {} };
  for (const address of wish.ip) keepAddress(work, address, wish);
  const others = work.lines.flatMap(({ address = '', names }) =>
    address !== '' && !wish.ip.includes(address) && names.includes(wish.name) ? [address] : [],
  );
  if (wish.clean) for (const address of others) dropAddress(work, address, wish);
  const steps = ['added', 'comment_added', 'removed'].flatMap((kind) => work.steps.filter((one) => one.kind === kind));
  return {
    lines: work.lines,
    settled: work.settled,
    pending: [...work.settled, ...steps.map((step) => step.pending)],
    done: [...work.settled, ...steps.map((step) => step.done)],
    changes: work.changes,
    warnings: wish.clean ? [] : others.map((address) => tellOther(wish.name, address)),
  };
}

function keepAddress(work: Work, address: string, { name, comment }: HostWish): void {
  const isThere = namesOf(work.lines, address)?.includes(name) === true;
  if (!isThere) {
    work.lines = addName(work.lines, address, name);
    work.steps.push({
      kind: 'added',
      pending: `Host ${name} (${address}) would be added`,
      done: `Added host ${name} (${address})`,
    });
    note(work, ['added', address], name);
  }
  const isNoted = comment === '' || work.lines.find((line) => line.address === address)?.comment === comment;
  if (isNoted && isThere) work.settled.push(`Host ${name} (${address}) already present`);
  if (isNoted) return;
  work.lines = setComment(work.lines, address, comment);
  work.steps.push({
    kind: 'comment_added',
    pending: `Comment for ${address} (${comment}) would be added`,
    done: `Set comment for host ${address} (${comment})`,
  });
  note(work, ['comment_added', address], comment);
}

function dropAddress(work: Work, address: string, { name }: HostWish): void {
  work.lines = removeName(work.lines, address, name);
  work.steps.push({
    kind: 'removed',
    pending: `Host ${name} (${address}) would be removed`,
    done: `Removed host ${name} (${address})`,
  });
  note(work, ['removed', address], name);
}

function note({ changes }: Work, [kind, address]: readonly [string, string], what: string): void {
  const ofKind = (changes[kind] ??= {});
  (ofKind[address] ??= []).push(what);
}

function tellOther(name: string, address: string): string {
  return `Host ${name} present for IP address ${address}. To get rid of this warning, either run this state with 'clean' set to True to remove ${name} from ${address}, or add ${address} to the 'ip' argument.`;
}
