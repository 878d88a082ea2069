/** What holds people up, the worst first; four of them until all are asked for. */

import { IconMoodSmile } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { bottlenecksQuery } from '@/shared/api/snapshots';
import type { Bottleneck, Severity } from '@/shared/api/types';
import { useFormats } from '@/shared/format/formats';
import { Empty } from '@/shared/ui/Empty';
import { Bone } from '@/shared/ui/Late';
import { Section } from '@/shared/ui/Section';
import { usePhone } from '@/shared/ui/widths';
import { useCommonWords } from '@/shared/words/common';
import { BottleneckItem } from './BottleneckItem';
import css from './BottleneckSection.module.css';
import { useOverviewWords } from './words';

/** The part of the address that asks for all of them. */
const ALL = 'bottlenecks';
const AT_FIRST = 4;
const AT_FIRST_ON_PHONE = 1;
const WORST_FIRST: Severity[] = ['critical', 'high', 'medium', 'low'];

/** By severity, then those that nobody has taken on, then by score. */
export function inOrder(bottlenecks: Bottleneck[]): Bottleneck[] {
  const rank = ({ severity, alert }: Bottleneck) => [
    WORST_FIRST.indexOf(severity),
    alert?.acknowledged_at ? 1 : 0,
  ];
  return [...bottlenecks].sort((a, b) => {
    const [[severityA = 0, takenA = 0], [severityB = 0, takenB = 0]] = [rank(a), rank(b)];
    return severityA - severityB || takenA - takenB || b.score - a.score;
  });
}

export function BottleneckSection() {
  const { t } = useOverviewWords();
  return (
    <Section
      id={ALL}
      title={t('bottlenecks.title')}
      aside={<Counts />}
      actions={<MoreOrFewer />}
      skeleton={<Skeleton />}
    >
      <List />
    </Section>
  );
}

const useAll = () => useLocation({ select: ({ hash }) => hash === ALL });

/** "1 kritis · 5 tinggi" */
function Counts() {
  const { t } = useOverviewWords();
  const common = useCommonWords();
  const format = useFormats();
  const bottlenecks = useQuery(bottlenecksQuery).data?.data;
  if (!bottlenecks) return null;
  const parts = WORST_FIRST.map((severity) => {
    const count = bottlenecks.filter((one) => one.severity === severity).length;
    return count > 0 && `${format.count(count)} ${common.t(`severity.${severity}`).toLowerCase()}`;
  }).filter(Boolean);
  return parts.length > 0 ? parts.join(' · ') : t('bottlenecks.aside_none');
}

function MoreOrFewer() {
  const { t } = useOverviewWords();
  const format = useFormats();
  const all = useAll();
  const phone = usePhone();
  const total = useQuery(bottlenecksQuery).data?.data.length ?? 0;
  if (total <= (phone ? AT_FIRST_ON_PHONE : AT_FIRST)) return null;
  return (
    <Link
      to="/dashboard/pipeline"
      search={true}
      hash={all ? '' : ALL}
      hashScrollIntoView={!all}
      className={css.more}
    >
      {all ? t('bottlenecks.fewer') : t('bottlenecks.all', { total: format.count(total) })}
    </Link>
  );
}

function List() {
  const { t } = useOverviewWords();
  const all = useAll();
  const phone = usePhone();
  const bottlenecks = inOrder(useSuspenseQuery(bottlenecksQuery).data.data);
  if (bottlenecks.length === 0) {
    return (
      <Empty icon={IconMoodSmile} title={t('bottlenecks.empty')}>
        {t('bottlenecks.empty_text')}
      </Empty>
    );
  }
  const shown = all ? bottlenecks : bottlenecks.slice(0, phone ? AT_FIRST_ON_PHONE : AT_FIRST);
  return (
    <ul className={css.list}>
      {shown.map((bottleneck) => (
        <li key={bottleneck.stage_id}>
          <BottleneckItem bottleneck={bottleneck} />
        </li>
      ))}
    </ul>
  );
}

const Skeleton = () => (
  <ul className={css.list}>
    {Array.from({ length: AT_FIRST }, (_, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <li key={index} className={css.bones}>
        <Bone width="40%" />
        <Bone width="75%" />
        <Bone width="55%" />
      </li>
    ))}
  </ul>
);
