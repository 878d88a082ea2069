/** In place of a page that there is not, or that cannot be drawn. */

import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link, useRouter } from '@tanstack/react-router';
import { Empty } from '@/shared/ui/Empty';
import { Failure } from '@/shared/ui/Failure';
import { useShellWords } from './words/shell';

export function NotFound() {
  const { t } = useShellWords();
  return (
    <Empty
      icon={IconMapOff}
      title={t('not_found.title')}
      action={
        <Button variant="default" renderRoot={(props) => <Link {...props} to="/dashboard/pipeline" />}>
          {t('not_found.home')}
        </Button>
      }
    >
      {t('not_found.text')}
    </Empty>
  );
}

export function PageFailed({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useShellWords();
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <Failure what={t('page')} error={error} retry={retry} />;
}
