import type { StateRequestKind } from '@brine/common';

/** What a `state.*` function takes. */
export interface RequestSignature {
  /** Names of the positional arguments, in order. */
  readonly positional: readonly string[];
  /** How many of them must be given. */
  readonly required: number;
  /** Names that are taken as keywords only. */
  readonly keyword: readonly string[];
  /** Whether further keywords are arguments of the state that runs. */
  readonly takesMore?: boolean;
  /** Whether it takes no other keyword; most take and leave out what they do not know, as in Salt. */
  readonly isClosed?: boolean;
}

const environment = ['saltenv', 'pillarenv', 'pillar', 'pillar_enc', 'localconfig', 'concurrent', 'orchestration_jid'];
const running = [...environment, 'test', 'queue', 'state_events', 'mock', 'terse'];
const applying = [...running, 'exclude', 'sync_mods', 'whitelist'];
const showing = [...environment, 'test', 'queue'];

/** The arguments of each function, as Salt names them. Those of Salt that Brine lacks are refused by name. */
export const requestSignatures: Readonly<Record<StateRequestKind, RequestSignature>> = {
  apply: { positional: ['mods'], required: 0, keyword: applying },
  highstate: {
    positional: ['test', 'queue', 'state_events'],
    required: 0,
    keyword: applying,
  },
  converge: { positional: [], required: 0, keyword: running },
  drift: { positional: ['paths'], required: 1, keyword: running },
  sls: {
    positional: ['mods', 'test', 'exclude', 'queue', 'sync_mods', 'state_events'],
    required: 1,
    keyword: running,
  },
  sls_id: { positional: ['id_', 'mods', 'test', 'queue', 'state_events'], required: 2, keyword: running },
  single: { positional: ['fun', 'name', 'test', 'queue'], required: 2, keyword: running, takesMore: true },
  high: { positional: ['data', 'test', 'queue'], required: 1, keyword: running },
  low: { positional: ['data', 'queue'], required: 1, keyword: running },
  template: { positional: ['tem', 'queue'], required: 1, keyword: running },
  template_str: { positional: ['tem', 'queue'], required: 1, keyword: running },
  top: { positional: ['topfn', 'test', 'queue'], required: 1, keyword: [...running, 'exclude'] },
  show_highstate: { positional: ['queue'], required: 0, keyword: showing },
  show_lowstate: { positional: ['queue'], required: 0, keyword: showing },
  show_sls: { positional: ['mods', 'test', 'queue'], required: 1, keyword: showing },
  show_low_sls: { positional: ['mods', 'test', 'queue'], required: 1, keyword: showing },
  show_states: { positional: ['queue'], required: 0, keyword: [...showing, 'sorted'] },
  show_top: { positional: ['queue'], required: 0, keyword: showing },
  show_state_usage: { positional: ['queue'], required: 0, keyword: showing },
  sls_exists: { positional: ['mods', 'test', 'queue'], required: 1, keyword: showing },
  id_exists: { positional: ['ids', 'mods', 'test', 'queue'], required: 2, keyword: showing },
  show_graph: { positional: ['mods', 'format'], required: 0, keyword: showing },
  check: { positional: ['mods'], required: 0, keyword: showing },
  request: { positional: ['mods'], required: 0, keyword: [...applying, 'name'] },
  check_request: { positional: ['name'], required: 0, keyword: [], isClosed: true },
  clear_request: { positional: ['name'], required: 0, keyword: [], isClosed: true },
  run_request: { positional: ['name'], required: 0, keyword: applying },
  pause: { positional: ['jid', 'state_id', 'duration'], required: 1, keyword: [], isClosed: true },
  resume: { positional: ['jid', 'state_id'], required: 1, keyword: [], isClosed: true },
  soft_kill: { positional: ['jid', 'state_id'], required: 1, keyword: [], isClosed: true },
  get_pauses: { positional: ['jid'], required: 0, keyword: [], isClosed: true },
  running: { positional: ['concurrent'], required: 0, keyword: [], isClosed: true },
};

/** Arguments of Salt that are refused, with the reason. */
export const refusedArguments: ReadonlyMap<string, string> = new Map([
  ['env', 'name the environment with saltenv'],
  ['force', 'states never run with a pillar that failed to compile'],
  ['cache', 'states are always compiled anew'],
  ['cache_name', 'states are always compiled anew'],
]);
