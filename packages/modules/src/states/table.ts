import type { StateDeclaration } from '../kit/index.ts';

/** Every built-in state by its full name; its file is read when the state is first used. */
export const stateTable: Readonly<Record<string, () => Promise<StateDeclaration>>> = {
  'cmd.run': async () => (await import('./cmd/run.ts')).run,
  'cmd.script': async () => (await import('./cmd/script.ts')).script,
  'cmd.wait': async () => (await import('./cmd/wait.ts')).wait,
  'cmd.wait_script': async () => (await import('./cmd/wait-script.ts')).waitScript,
  'cmd.watch': async () => (await import('./cmd/watch.ts')).watch,
  'file.absent': async () => (await import('./file/absent.ts')).absent,
  'file.directory': async () => (await import('./file/directory.ts')).directory,
  'file.managed': async () => (await import('./file/managed.ts')).managed,
  'file.symlink': async () => (await import('./file/symlink.ts')).symlink,
  'test.check_pillar': async () => (await import('./test/check-pillar.ts')).checkPillar,
  'test.configurable_test_state': async () => (await import('./test/configurable-test-state.ts')).configurableTestState,
  'test.fail_with_changes': async () => (await import('./test/fail-with-changes.ts')).failWithChanges,
  'test.fail_without_changes': async () => (await import('./test/fail-without-changes.ts')).failWithoutChanges,
  'test.nop': async () => (await import('./test/nop.ts')).nop,
  'test.show_notification': async () => (await import('./test/show-notification.ts')).showNotification,
  'test.succeed_with_changes': async () => (await import('./test/succeed-with-changes.ts')).succeedWithChanges,
  'test.succeed_without_changes': async () => (await import('./test/succeed-without-changes.ts')).succeedWithoutChanges,
};
