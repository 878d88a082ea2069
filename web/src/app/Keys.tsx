/** The shortcuts that act on every page: search, help, and `G` with a letter for each page. */

import { useNavigate } from '@tanstack/react-router';
import { createStore, useSelector } from '@tanstack/react-store';
import { lazy } from 'react';
import { useSequences, useShortcuts } from '@/shared/keys/shortcuts';
import { useMe } from '@/shared/session/session';
import { Optional } from '@/shared/ui/Optional';
import { visibleTo } from './navigation';
import { useShellWords } from './words/shell';

const Palette = lazy(() => import('./Palette'));
const HelpSheet = lazy(() => import('./HelpSheet'));

type Open = 'palette' | 'help' | undefined;
const open = createStore<{ what: Open }>({ what: undefined });

export const openPalette = (): void => open.setState(() => ({ what: 'palette' }));
export const openHelp = (): void => open.setState(() => ({ what: 'help' }));
const close = (): void => open.setState(() => ({ what: undefined }));

export function Keys() {
  const { t } = useShellWords();
  const navigate = useNavigate();
  const pages = visibleTo(useMe());
  const what = useSelector(open, (state) => state.what);
  useSequences('g');
  useShortcuts(t('keys.everywhere'), [
    { keys: '$mod+k', label: t('keys.search'), run: openPalette, everywhere: true },
    { keys: '[Shift]+?', label: t('keys.help'), run: openHelp },
    ...pages.flatMap(({ key, letter, to, hash }) =>
      letter
        ? [
            {
              keys: `g ${letter}`,
              label: t(`nav.${key}`),
              run: () => void navigate({ to, ...(hash ? { hash } : {}) }),
            },
          ]
        : [],
    ),
  ]);
  return (
    <Optional key={what}>
      {what === 'palette' && <Palette onClose={close} />}
      {what === 'help' && <HelpSheet onClose={close} />}
    </Optional>
  );
}
