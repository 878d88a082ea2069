/** A card for every active stage, empty ones too; on phones a row for each. */

import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { bottlenecksQuery, stagesQuery } from '@/shared/api/snapshots';
import { useFormats } from '@/shared/format/formats';
import { Bone } from '@/shared/ui/Late';
import { Section } from '@/shared/ui/Section';
import { usePhone } from '@/shared/ui/widths';
import { BarKey } from '@/shared/vocabulary/StackedBar';
import { StageCard } from './StageCard';
import { StageRow } from './StageRow';
import css from './StageSection.module.css';
import { useOverviewWords } from './words';

export function StageSection() {
  const { t } = useOverviewWords();
  const phone = usePhone();
  return phone ? (
    <Section
      title={t('stages.title')}
      actions={<span className={css.columns}>{t('stages.people_late')}</span>}
      skeleton={<Rows />}
    >
      <Stages phone />
    </Section>
  ) : (
    <Section
      title={t('stages.title')}
      look="open"
      aside={<Aside />}
      actions={<BarKey />}
      skeleton={<Cards />}
    >
      <Stages phone={false} />
    </Section>
  );
}

function Aside() {
  const { t } = useOverviewWords();
  const format = useFormats();
  const stages = useQuery(stagesQuery).data?.data;
  if (!stages) return null;
  const people = stages.reduce((sum, stage) => sum + stage.people, 0);
  return t('stages.aside', { stages: format.count(stages.length), people: format.count(people) });
}

function Stages({ phone }: { phone: boolean }) {
  const stages = useSuspenseQuery(stagesQuery).data.data;
  const bottlenecks = useQuery(bottlenecksQuery).data?.data;
  const severityOf = (id: string) => bottlenecks?.find((bottleneck) => bottleneck.stage_id === id)?.severity;
  return (
    <ol className={phone ? css.rows : css.cards}>
      {stages.map((stage) => (
        <li key={stage.id}>
          {phone ? (
            <StageRow stage={stage} severity={severityOf(stage.id)} />
          ) : (
            <StageCard stage={stage} severity={severityOf(stage.id)} />
          )}
        </li>
      ))}
    </ol>
  );
}

/** How many there are is the organisation's own; most have ten. */
const USUAL = Array.from({ length: 10 }, (_, index) => index);

const Cards = () => (
  <div className={css.cards}>
    {USUAL.map((index) => (
      <div key={index} className={css.bones}>
        <Bone width="70%" />
        <Bone width="40%" height={20} />
        <Bone height={6} />
        <Bone width="80%" />
        <Bone width="90%" height={28} />
      </div>
    ))}
  </div>
);

const Rows = () => (
  <div className={css.rows}>
    {USUAL.map((index) => (
      <div key={index} className={css.boneRow}>
        <Bone width="60%" />
      </div>
    ))}
  </div>
);
