/** The bubble of a tooltip, beside what it is about. */

import { computePosition, flip, offset, shift } from '@floating-ui/dom';
import { useLayoutEffect, useRef } from 'react';
import css from './ui.module.css';

export default function TipBubble({ of, text }: { of: HTMLElement; text: string }) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = bubble.current;
    if (!element) return;
    void computePosition(of, element, {
      strategy: 'fixed',
      placement: 'bottom',
      middleware: [offset(6), flip(), shift({ padding: 8 })],
    }).then(({ x, y }) => {
      element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      element.style.visibility = 'visible';
    });
  }, [of]);
  return (
    <div ref={bubble} className={css.tip} aria-hidden>
      {text}
    </div>
  );
}
