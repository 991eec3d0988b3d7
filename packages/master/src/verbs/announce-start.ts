import { pythonStr, type Dict, type MinionId } from '@brine/common';
import type { EventBus } from '../events/event-bus.ts';

/** Tells the event bus that a minion is there, with the grains it wants shown (`start_event_grains`). */
export function announceStart(
  minion: MinionId,
  told: { readonly grains: Dict; readonly eventGrains: readonly string[] },
  events: EventBus,
): void {
  const shown = new Map([...told.grains].filter(([name]) => told.eventGrains.includes(pythonStr(name))));
  const tag = `salt/minion/${minion}/start`;
  const data = `Minion ${minion} started at ${new Date().toUTCString()}`;
  const common = { id: minion, cmd: '_minion_event', data, pretag: null, tag };
  events.emit(tag, told.eventGrains.length === 0 ? common : { ...common, grains: shown }, 'minion');
}
