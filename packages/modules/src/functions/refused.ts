const onMacOrBsd = 'only other systems than Linux have it';
const onSolaris = 'only Solaris and AIX have it';
const isOfMaster = 'runners and returners are part of the master: salt-run sys.doc tells of them';
const usePwsh = 'PowerShell on Linux is run by cmd.run "pwsh -Command …"';
const isPython = 'modules of a tree are Python, which is not run';

/** Functions of Salt that make no sense here, with the reason; calling one is refused with it. */
export const refusedFunctions: ReadonlyMap<string, string> = new Map([
  ['cmd.powershell', usePwsh],
  ['cmd.powershell_all', usePwsh],
  ['cmd.win_runas', 'only Windows has it'],
  ['config.gather_bootstrap_script', 'it downloads the installer of Salt'],
  ['mine.get_docker', "call 'docker.inspect_container' or put 'docker.ps' into the mine"],
  ['mount.automaster', onMacOrBsd],
  ['mount.set_automaster', onMacOrBsd],
  ['mount.rm_automaster', onMacOrBsd],
  ['mount.filesystems', onSolaris],
  ['mount.set_filesystems', onSolaris],
  ['mount.rm_filesystems', onSolaris],
  ['mount.vfstab', onSolaris],
  ['mount.set_vfstab', onSolaris],
  ['mount.rm_vfstab', onSolaris],
  ['pkg.expand_repo_def', 'Salt itself has given it up; pkg.get_repo and pkg.mod_repo read such lines'],
  ['saltutil.mmodule', isPython],
  ['saltutil.sync_clouds', isPython],
  ['saltutil.update', 'it updates frozen builds of Salt; install the newer package'],
  ['state.orchestrate', 'orchestrations run on the master: salt-run state.orchestrate'],
  ['status.proxy_reconnect', 'there are no proxy minions'],
  ['sys.list_returner_functions', isOfMaster],
  ['sys.list_returners', isOfMaster],
  ['sys.list_runner_functions', isOfMaster],
  ['sys.list_runners', isOfMaster],
  ['sys.returner_argspec', isOfMaster],
  ['sys.returner_doc', isOfMaster],
  ['sys.runner_argspec', isOfMaster],
  ['sys.runner_doc', isOfMaster],
  ['system.get_reboot_required_witnessed', 'only NI Linux RT has it; look at /run/reboot-required'],
  ['system.set_reboot_required_witnessed', 'only NI Linux RT has it; look at /run/reboot-required'],
  ['user.chloginclass', onMacOrBsd],
  ['user.get_loginclass', onMacOrBsd],
]);
