/** Widths at which something else is drawn, for scripts; styles write them out. */

import { useMediaQuery } from '@mantine/hooks';

export const PHONE = '(width < 768px)';

export const usePhone = (): boolean => useMediaQuery(PHONE, window.matchMedia(PHONE).matches) ?? false;
