/**
 * Tooltips. Whatever has `data-tip="…"` shows it while it is hovered or focused; one bubble serves all, and is
 * loaded with the first. What it says must also be in the accessible name or text of the thing.
 */

import { lazy, useEffect, useState } from 'react';
import { Optional } from './Optional';

const TipBubble = lazy(() => import('./TipBubble'));

/** Resting on a thing, not passing over it. */
const AFTER_MS = 250;

/** Stands once, around the pages. */
export function TipLayer() {
  const [over, setOver] = useState<HTMLElement>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = () => {
      clearTimeout(timer);
      setOver(undefined);
    };
    const enter = (event: Event) => {
      const target = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-tip]') : null;
      clearTimeout(timer);
      if (!target) return setOver(undefined);
      timer = setTimeout(() => setOver(target), AFTER_MS);
    };
    const focus = (event: FocusEvent) => {
      if (event.target instanceof Element && event.target.matches(':focus-visible')) enter(event);
    };
    const close = (event: KeyboardEvent) => event.key === 'Escape' && leave();
    document.addEventListener('pointerover', enter);
    document.addEventListener('focusin', focus);
    document.addEventListener('focusout', leave);
    document.addEventListener('keydown', close);
    document.addEventListener('scroll', leave, { capture: true, passive: true });
    return () => {
      leave();
      document.removeEventListener('pointerover', enter);
      document.removeEventListener('focusin', focus);
      document.removeEventListener('focusout', leave);
      document.removeEventListener('keydown', close);
      document.removeEventListener('scroll', leave, { capture: true });
    };
  }, []);
  return (
    <Optional key={over?.dataset.tip}>
      {over?.dataset.tip && <TipBubble key={over.dataset.tip} of={over} text={over.dataset.tip} />}
    </Optional>
  );
}
