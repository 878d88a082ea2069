/**
 * A button whose menu or panel is loaded when somebody first wants it. `closed` draws the button alone; from the
 * first press on `Opened`, loaded by then, draws it with what it opens.
 */

import { type ComponentType, type LazyExoticComponent, type ReactNode, useState } from 'react';
import { Optional } from './Optional';

export function OnDemand({
  closed,
  Opened,
}: {
  closed: (open: () => void) => ReactNode;
  Opened: LazyExoticComponent<ComponentType>;
}) {
  const [wanted, setWanted] = useState(false);
  const button = closed(() => setWanted(true));
  return wanted ? (
    <Optional instead={button}>
      <Opened />
    </Optional>
  ) : (
    button
  );
}
