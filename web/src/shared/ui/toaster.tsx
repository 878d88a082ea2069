/** Draws toasts; at most three at a time, the others wait. */

import '@mantine/core/styles/CloseButton.layer.css';
import '@mantine/core/styles/Notification.layer.css';
import '@mantine/notifications/styles.layer.css';

import { Button } from '@mantine/core';
import { Notifications, notifications, useNotifications } from '@mantine/notifications';
import { IconCircleCheck, IconCircleX, IconGitMerge, IconInfoCircle } from '@tabler/icons-react';
import { useCommonWords } from '@/shared/words/common';
import { STAYS_MS, type Toast, type ToastTone } from './toast';
import css from './toaster.module.css';
import { usePhone } from './widths';

const ICON = {
  success: IconCircleCheck,
  info: IconInfoCircle,
  warning: IconGitMerge,
  error: IconCircleX,
} as const;
const AT_ONCE = 3;

export function showToast(tone: ToastTone, { title, text, action }: Toast): void {
  const Icon = ICON[tone];
  const id = crypto.randomUUID();
  notifications.show({
    id,
    autoClose: STAYS_MS[tone],
    classNames: { root: css.root, icon: css.icon, description: css.text, title: css.title },
    withBorder: false,
    icon: <Icon size={18} stroke={1.8} aria-hidden />,
    // the tone is the edge's colour; the icon says it too
    'data-tone': tone,
    role: tone === 'error' ? 'alert' : 'status',
    title,
    message: (
      <>
        {text}
        {action && (
          <Button
            variant="default"
            size="xs"
            mt={text ? 8 : 4}
            onClick={() => {
              notifications.hide(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </>
    ),
  });
}

export default function Toaster() {
  const { t } = useCommonWords();
  const phone = usePhone();
  const waiting = useNotifications().queue.length;
  return (
    <>
      <Notifications
        limit={AT_ONCE}
        position={phone ? 'top-center' : 'bottom-right'}
        zIndex={400}
        pauseResetOnHover="all"
      />
      {waiting > 0 && <output className={css.waiting}>{t('more_messages', { count: waiting })}</output>}
    </>
  );
}
