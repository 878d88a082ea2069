/** In place of a page's content for whoever may not see it. */

import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Permission } from '@/shared/api/types';
import { useMay } from '@/shared/session/session';
import { useListWords } from '@/shared/words/lists';
import { Empty } from './Empty';

export function Needs({ permission, children }: { permission: Permission; children: ReactNode }) {
  const { t } = useListWords();
  const may = useMay();
  return may(permission) ? (
    children
  ) : (
    <Empty icon={IconLock} title={t('not_for_you')}>
      {t('forbidden')}
    </Empty>
  );
}
