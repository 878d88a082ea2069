/** What cards, rows and the drawer can ask for; handed down by the page. */

import { createContext, useContext } from 'react';
import type { Command } from './command';

export interface Actions {
  open: (id: string) => void;
  /** Carries it out at once on the screen; resolves to whether the server took it. */
  run: (id: string, command: Command) => Promise<boolean>;
}

export const ActionsContext = createContext<Actions | undefined>(undefined);

export function useActions(): Actions {
  const actions = useContext(ActionsContext);
  if (!actions) throw new Error('actions are handed down by the page');
  return actions;
}
