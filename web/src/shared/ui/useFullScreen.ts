import { useMediaQuery } from '@mantine/hooks';

const PHONE = '(width < 768px)';

/** On phones dialogs take the whole screen. */
export const useFullScreen = (): boolean => useMediaQuery(PHONE, window.matchMedia(PHONE).matches) ?? false;
