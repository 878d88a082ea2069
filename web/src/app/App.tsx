/** Everything around the pages: colours, the query cache, the router. */

import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { useMemo } from 'react';
import { queryClient } from '@/shared/api/queryClient';
import { useCommonWords } from '@/shared/words/common';
import { router } from './router';
import { cssVariables, themeIn } from './theme';

/** The server puts one into every page; without it the library's `<style>` elements are refused. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
// what keeps the page from scrolling below a dialog has a style of its own, and asks here
if (nonce) setNonce(nonce);

export function App() {
  const { t, i18n } = useCommonWords();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `t` is another function each time
  const theme = useMemo(() => themeIn({ close: t('action.close') }), [i18n.language]);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  );
}
