/** How much there is that concerns whoever looks and that they have not read. What it is is loaded when it is opened. */

import { IconBell } from '@tabler/icons-react';
import { type ComponentProps, lazy } from 'react';
import { useFormats } from '@/shared/format/formats';
import { OnDemand } from '@/shared/ui/OnDemand';
import css from './NewsBell.module.css';
import { useUnread } from './useNewsItems';
import { useShellWords } from './words/shell';

const NewsPanel = lazy(() => import('./NewsPanel'));
/** More than fits is not worth counting. */
const MOST_SHOWN = 99;

export const NewsBell = () => (
  <OnDemand closed={(open) => <BellButton onClick={open} aria-haspopup="dialog" />} Opened={NewsPanel} />
);

export function BellButton(button: ComponentProps<'button'>) {
  const { t } = useShellWords();
  const format = useFormats();
  const unread = useUnread();
  const label = unread > 0 ? t('news.unread', { count: unread }) : t('news.title');
  return (
    <button
      {...button}
      type="button"
      className={css.bell}
      aria-label={label}
      data-tip={button['aria-expanded'] ? undefined : label}
    >
      <IconBell size={18} stroke={1.6} aria-hidden />
      {unread > 0 && (
        <span className={css.count} aria-hidden>
          {unread > MOST_SHOWN ? `${MOST_SHOWN}+` : format.count(unread)}
        </span>
      )}
    </button>
  );
}
