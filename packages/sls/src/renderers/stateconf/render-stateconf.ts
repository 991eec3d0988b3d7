import { posix } from 'node:path';
import { isDict, type Dict, type Value } from '@brine/common';
import { textSetting } from '../../top/top-input.ts';
import { renderJinja } from '../render-jinja.ts';
import { renderJson } from '../render-json.ts';
import { renderYaml } from '../render-yaml.ts';
import { renderYamlex } from '../render-yamlex.ts';
import type { StageData, StageRenderer, StageRequest } from '../stage.ts';
import { textInput } from '../text-input.ts';
import { listMembers, stateconfError } from './declarations.ts';
import { addGoalState, addImpliedRequires, addStartState } from './implied-states.ts';
import { renameLocalIds, resolveIncludes } from './local-ids.ts';
import { readStateconfLine, type StateconfLine } from './stateconf-line.ts';

const dataRenderers: ReadonlyMap<string, StageRenderer> = new Map([
  ['yaml', renderYaml],
  ['yamlex', renderYamlex],
  ['json', renderJson],
]);

const endMarker = String.raw`#\s*-+\s*end of state config\s*-+`;

/**
 * The `stateconf` renderer: states with ids of their own file (`.id`), values set by `stateconf.set` above the end
 * marker that the rest of the file sees as variables, states that come before (`-s`) and after all others, and
 * order as written (`-o`). Values set or extended in other files are not seen.
 */
export const renderStateconf: StageRenderer = async (input, request) => {
  const line = readStateconfLine(request.argument, request.source.file);
  if (line.takesData) return process(input, line, request);
  const text = textInput(input, request);
  const marker = textSetting(request.context.options, 'stateconf_end_marker', endMarker);
  const end = text.search(new RegExp(marker));
  const head = end === -1 ? undefined : await renderBoth(text.slice(0, end), line, request, new Map());
  const variables = head === undefined ? new Map() : extractValues(head.value, request.source.sls ?? '');
  return process(await renderBoth(text, line, request, variables), line, request);
};

async function renderBoth(
  text: string,
  line: StateconfLine,
  request: StageRequest,
  variables: Dict,
): Promise<StageData> {
  const render = dataRenderers.get(line.dataRenderer);
  if (render === undefined || line.templateRenderer !== 'jinja') {
    const name = render === undefined ? line.dataRenderer : line.templateRenderer;
    throw stateconfError(`Renderer: ${name} is not available below stateconf in ${request.source.file}`);
  }
  const { sls = '' } = request.source;
  const folder = sls.includes('.') ? posix.dirname(sls.replaceAll('.', '/')) : sls;
  const seen: Dict = new Map([
    ['sls_dir', folder === '' ? '.' : folder],
    ...variables,
    ...(request.context.variables ?? []),
  ]);
  const context = { ...request.context, variables: seen };
  const stage = { ...request, context, argument: '' };
  const rendered = await renderJinja({ value: text }, { ...stage, name: 'jinja' });
  return render(rendered, { ...stage, name: line.dataRenderer });
}

function process(input: StageData, line: StateconfLine, request: StageRequest): StageData {
  const high = input.value;
  if (!isDict(high)) return input;
  const { sls = '', saltenv } = request.source;
  const { options } = request.context;
  for (const [id, states] of high) if (typeof states === 'string') high.set(id, new Map([[states, []]]));
  resolveIncludes(high, sls, saltenv);
  if (line.isOrdered) addImpliedRequires(high);
  if (line.hasStart) addStartState(high, textSetting(options, 'stateconf_start_state', '.start'));
  if (line.hasGoal) addGoalState(high, textSetting(options, 'stateconf_goal_state', '.goal'));
  const renamed = renameLocalIds(high, sls);
  return {
    value: high,
    positionOf(container, key) {
      // Lists have grown: their items are no longer where they were read.
      if (Array.isArray(container)) return undefined;
      return input.positionOf?.(container, container === high ? (renamed.get(key) ?? key) : key);
    },
  };
}

/** What `stateconf.set` sets, by id without its dot. */
function extractValues(high: Value, sls: string): Dict {
  const values: Dict = new Map();
  for (const [id, states] of isDict(high) ? high : []) {
    const given = isDict(states) ? (states.get('stateconf.set') ?? states.get('stateconf')) : undefined;
    if (typeof id !== 'string' || !Array.isArray(given)) continue;
    const name = id.startsWith('.') ? id.slice(1) : id;
    const prefix = `${sls}::`;
    const members = listMembers(given).map(({ key, value }) => [key, value] as const);
    values.set(name.startsWith(prefix) ? name.slice(prefix.length) : name, new Map(members));
  }
  return values;
}
