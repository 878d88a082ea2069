/**
 * Short messages at the edge of the screen, about what concerns whoever looks at it. Colleagues' work glows in
 * place instead. The toaster is loaded with the first message.
 */

import { createStore, useSelector } from '@tanstack/react-store';
import type { ReactNode } from 'react';

export type ToastTone = 'success' | 'info' | 'warning' | 'error';

export interface Toast {
  title: string;
  text?: ReactNode;
  /** A verb with what it does, "Urungkan". */
  action?: { label: string; run: () => void };
}

/** Warnings and errors stay until they are closed. */
export const STAYS_MS: Record<ToastTone, number | false> = {
  success: 4000,
  info: 6000,
  warning: false,
  error: false,
};

const wanted = createStore(false);

/** Whether there has been a message, so that there must be a place for it. */
export const useToasterWanted = (): boolean => useSelector(wanted, (yes) => yes);

const show = (tone: ToastTone) => (message: Toast) => {
  wanted.setState(() => true);
  void import('./toaster').then(({ showToast }) => showToast(tone, message));
};

export const toast = {
  success: show('success'),
  info: show('info'),
  warning: show('warning'),
  error: show('error'),
};
