import { createFleet, type Daemon, type Fleet } from '../fleet/fleet.ts';
import type { Settings } from '../fleet/fleet-folder.ts';
import { createJobRecord } from './job-record.ts';
import { quick, type Stage } from './provocations.ts';

/** A master that hands events of the test to a file and takes files of minions. */
function masterSettingsOf({ folder }: Fleet): Settings {
  return {
    ...{ file_recv: true, event_return: ['rawfile_json'], event_return_whitelist: ['out/*'] },
    'rawfile_json.filename': folder.at('returned'),
  };
}

/** A master and one minion, with all that provocations use. */
export async function createStage(isStopping = false): Promise<Stage> {
  const fleet = await createFleet('../test/faults/failing-daemon.mjs');
  try {
    return await setStage(fleet, isStopping);
  } catch (error) {
    await fleet.end();
    throw error;
  }
}

async function setStage(fleet: Fleet, isStopping: boolean): Promise<Stage> {
  const jobs = createJobRecord(fleet);
  const { folder } = fleet;
  folder.write(
    'states/orch/kill.sls',
    `{% set line = pillar['line'] %}
asks:
  salt.function:
    - name: cmd.run
    - tgt: web1
    - arg: ['{{ line }}']
tells:
  salt.runner:
    - name: test.arg
    - require: [salt: asks]
`,
  );
  folder.write(
    'states/orch/config.sls',
    'writes:\n  salt.wheel:\n    - name: config.update_config\n    - file_name: killed\n    - yaml_contents: {timeout: 7}\n',
  );
  folder.write(
    'states/orch/roots.sls',
    "writes:\n  salt.wheel:\n    - name: file_roots.write\n    - path: killed.sls\n    - data: 'killed: test.nop'\n",
  );
  folder.write('states/top.sls', "base:\n  '*':\n    - site\n");
  folder.write('states/site.sls', `${folder.at('kept')}:\n  file.managed:\n    - contents: kept\n`);
  folder.write('effects-of-reactions', '');
  folder.write(
    'reactor/note.sls',
    `noted:\n  local.cmd.run:\n    - tgt: web1\n    - args:\n      - cmd: echo {{ data.line }} >> ${folder.at('effects-of-reactions')}\n`,
  );
  folder.write(
    'reactor/orchestrate.sls',
    "begun:\n  runner.state.orchestrate:\n    - args:\n      - mods: orch.kill\n      - pillar: {line: '{{ data.line }}'}\n",
  );
  const masterSettings = masterSettingsOf(fleet);
  await fleet.startMaster(masterSettings);
  const settings = { ...quick, 'rawfile_json.filename': folder.at('returned-by-minion') };
  const minion = fleet.startMinion('web1', settings);
  await fleet.master().logged('key changed', { id: 'web1', action: 'pending' });
  await fleet.run('salt-key', '-A', '-y');
  await minion.logged('connected to the master');
  // Rules that were added are kept over all that follows.
  await fleet.run('salt-run', 'reactor.add', 'note/*', folder.at('reactor/note.sls'));
  await fleet.run('salt-run', 'reactor.add', 'orchestrate/*', folder.at('reactor/orchestrate.sls'));
  const struck = async (daemon: Daemon): Promise<unknown> => daemon.ended;
  return { fleet, jobs, minion, turn: 0, isStopping, settings, masterSettings, struck };
}
