import '@/app/styles';

import { Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { loadEnglish } from '@/app/loadEnglish';
import { reloadWhenReplaced } from '@/app/replaced';
import { takeBootstrap } from '@/shared/session/me';
import { startWords } from '@/shared/words/i18n';

reloadWhenReplaced();
takeBootstrap();
await startWords(loadEnglish);

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <Suspense>
      <App />
    </Suspense>,
  );
