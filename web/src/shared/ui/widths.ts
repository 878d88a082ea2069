/** Widths at which something else is drawn, for scripts; styles write them out. */

export const PHONE = '(width < 768px)';
