/** The pages: at the side, folded to icons on narrow screens, at the bottom on phones. */

import { ActionIcon } from '@mantine/core';
import { useLocalStorage, useMediaQuery } from '@mantine/hooks';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconMenu2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ComponentProps, lazy } from 'react';
import { bottlenecksQuery, healthQuery } from '@/shared/api/snapshots';
import { useFormats } from '@/shared/format/formats';
import { useMay, useMe } from '@/shared/session/session';
import { OnDemand } from '@/shared/ui/OnDemand';
import { AccountMenu } from './AccountMenu';
import mark from './lajur.svg';
import css from './Navigation.module.css';
import { type Destination, inMoreMenu, visibleTo } from './navigation';
import { useShellWords } from './words/shell';

const MoreMenu = lazy(() => import('./panels'));

/** From which width on there is room for words. */
const WIDE = '(width >= 1200px)';

export function Navigation() {
  const { t } = useShellWords();
  const me = useMe();
  const wide = useMediaQuery(WIDE, window.matchMedia(WIDE).matches);
  const [wantsFolded, setWantsFolded] = useLocalStorage({
    key: 'lajur.folded',
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  const folded = !wide || wantsFolded;
  const all = visibleTo(me);
  const FoldIcon = folded ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className={css.side} data-folded={folded || undefined} aria-label={t('nav.label')}>
      <div className={css.brand}>
        <img src={mark} width={20} height={20} alt="" />
        {!folded && <strong>Lajur</strong>}
        {!folded && (
          <span className={css.tenant} title={me.tenant.name}>
            {me.tenant.name}
          </span>
        )}
      </div>
      <Entries of={all.filter(({ data }) => !data)} folded={folded} />
      {all.some(({ data }) => data) && !folded && <div className={css.heading}>{t('nav.data')}</div>}
      {all.some(({ data }) => data) && <Entries of={all.filter(({ data }) => data)} folded={folded} />}
      <div className={css.foot}>
        {wide && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={32}
            className={css.fold}
            aria-label={t(folded ? 'nav.unfold' : 'nav.fold')}
            data-tip={t(folded ? 'nav.unfold' : 'nav.fold')}
            onClick={() => setWantsFolded(!wantsFolded)}
          >
            <FoldIcon size={18} stroke={1.6} aria-hidden />
          </ActionIcon>
        )}
        <AccountMenu folded={folded} />
      </div>
    </nav>
  );
}

function Entries({ of, folded }: { of: Destination[]; folded: boolean }) {
  return (
    <ul className={css.list}>
      {of.map((destination) => (
        <li key={destination.key}>
          <Entry destination={destination} folded={folded} />
        </li>
      ))}
    </ul>
  );
}

function Entry({ destination, folded }: { destination: Destination; folded: boolean }) {
  const { t } = useShellWords();
  const { icon: Icon, key, to, hash } = destination;
  const count = useCount(key);
  return (
    <Link
      to={to}
      {...(hash ? { hash } : {})}
      className={css.entry}
      activeOptions={currentWhen(destination)}
      aria-label={folded ? t(`nav.${key}`) : undefined}
      data-tip={folded ? t(`nav.${key}`) : undefined}
    >
      <Icon size={18} stroke={1.6} aria-hidden />
      {!folded && <span>{t(`nav.${key}`)}</span>}
      {!folded && count && <span className={css.count}>{count}</span>}
    </Link>
  );
}

/** A page is the current one on those below it, too; the overview and what is on it only by themselves. */
const currentWhen = ({ to }: Destination) => ({
  exact: to === '/dashboard/pipeline',
  includeHash: to === '/dashboard/pipeline',
  includeSearch: false,
});

/** How many there are behind an entry, as far as it is known anyhow. */
function useCount(key: Destination['key']): string | undefined {
  const format = useFormats();
  const may = useMay();
  const ofHealth = (key === 'tasks' || key === 'jamaah') && may('pipeline.read');
  const health = useQuery({ ...healthQuery, enabled: ofHealth }).data?.data;
  const bottlenecks = useQuery({ ...bottlenecksQuery, enabled: key === 'bottlenecks' }).data?.data;
  const count = { tasks: health?.tasks.open, jamaah: health?.total, bottlenecks: bottlenecks?.length }[
    key as 'tasks'
  ];
  return count === undefined ? undefined : format.count(count);
}

/** On phones: four pages and what is left. */
export function BottomNavigation() {
  const { t } = useShellWords();
  const first = visibleTo(useMe()).filter((one) => !inMoreMenu(one));
  return (
    <nav className={css.bottom} aria-label={t('nav.label')}>
      {first.map((one) => (
        <BottomEntry key={one.key} destination={one} />
      ))}
      <OnDemand closed={(open) => <MoreButton onClick={open} aria-haspopup="dialog" />} Opened={MoreMenu} />
    </nav>
  );
}

function BottomEntry({ destination }: { destination: Destination }) {
  const { t } = useShellWords();
  const { icon: Icon, key, to } = destination;
  const short = { tasks: 'nav.tasks_short', departures: 'nav.departures_short' } as const;
  return (
    <Link to={to} className={css.bottomEntry} activeOptions={currentWhen(destination)}>
      <Icon size={22} stroke={1.6} aria-hidden />
      {t(key in short ? short[key as keyof typeof short] : `nav.${key}`)}
    </Link>
  );
}

export function MoreButton(button: ComponentProps<'button'>) {
  const { t } = useShellWords();
  return (
    <button {...button} type="button" className={css.bottomEntry}>
      <IconMenu2 size={22} stroke={1.6} aria-hidden />
      {t('nav.more')}
    </button>
  );
}
