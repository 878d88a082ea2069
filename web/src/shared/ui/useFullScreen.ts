import { useMediaQuery } from '@mantine/hooks';
import { PHONE } from '@/shared/ui/widths';

/** On phones dialogs take the whole screen. */
export const useFullScreen = (): boolean => useMediaQuery(PHONE, window.matchMedia(PHONE).matches) ?? false;
