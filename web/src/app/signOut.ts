/** The way out. On a shared computer whoever comes next finds nothing of what was seen or typed. */

import { api, ask } from '@/shared/api/client';
import { forgetWords } from '@/shared/news/news';
import { forgetReadable } from '@/shared/offline/offline';
import { forgetPerson } from '@/shared/session/session';

export async function signOut(): Promise<void> {
  await ask(api.POST('/api/v1/auth/logout')).catch(() => undefined);
  forgetPerson();
  forgetWords();
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith('lajur.draft.')) sessionStorage.removeItem(key);
  }
  await forgetReadable();
  // with the page goes what it holds in memory
  window.location.assign('/login');
}
