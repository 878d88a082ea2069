/** How it stands with somebody's account, in a word. */

import type { User } from '@/shared/api/types';
import { usePeopleWords } from './words';

export function useStateWords(): (state: User['state']) => string {
  const { t } = usePeopleWords();
  return (state) => t(`state.${state}`);
}
