/** Widths at which something else is drawn, for scripts; styles write them out. */

import { useMediaQuery } from '@mantine/hooks';

const PHONE = '(width < 768px)';

/** Lists are cards then, and dialogs take the whole screen. */
export const usePhone = (): boolean => useMediaQuery(PHONE, window.matchMedia(PHONE).matches) ?? false;
