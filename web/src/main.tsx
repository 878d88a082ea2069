import '@/app/styles';

import { Suspense } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/App';
import { tellOf, tellOfFaults } from '@/app/faults';
import { loadEnglish } from '@/app/loadEnglish';
import { reloadWhenReplaced } from '@/app/replaced';
import { takeBootstrap } from '@/shared/session/me';
import { startWords } from '@/shared/words/i18n';

tellOfFaults();
reloadWhenReplaced();
takeBootstrap();
await startWords(loadEnglish);

const root = document.getElementById('root');
if (root)
  createRoot(root, { onCaughtError: tellOf, onUncaughtError: tellOf }).render(
    <Suspense>
      <App />
    </Suspense>,
  );
