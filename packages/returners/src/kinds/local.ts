import { pythonRepr } from '@brine/common';
import type { Returner } from '../returner.ts';

/** Shows what it is given where the program shows its output. */
export const local: Returner = {
  prefix: 'local',
  settings: {},
  defaults: {},
  async store(jobReturn, _settings, { print }) {
    print(pythonRepr(jobReturn));
  },
  async storeEvents(events, _settings, { print }) {
    print(pythonRepr([...events]));
  },
};
