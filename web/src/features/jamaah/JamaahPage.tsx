/** One pilgrim: where they stand and why, their way through the stages, tasks, documents, and what happened. */

import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { JamaahDetail } from '@/shared/api/types';
import { jamaahPageQuery } from '@/shared/entities/jamaah';
import { Bone } from '@/shared/ui/Late';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { Documents } from './Documents';
import { History } from './History';
import { JamaahHead } from './JamaahHead';
import css from './page.module.css';
import { StageTrack } from './StageTrack';
import { Tasks } from './Tasks';
import { Why } from './Why';
import { useJamaahWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/jamaah/$id');

export function JamaahPage() {
  const { t } = useJamaahWords();
  const { id } = route.useParams();
  return (
    <Section title={t('one')} look="bare" skeleton={<PageBones />}>
      <Loaded key={id} id={id} />
    </Section>
  );
}

function Loaded({ id }: { id: string }) {
  const { t } = useJamaahWords();
  const one: JamaahDetail = useSuspenseQuery(jamaahPageQuery(id)).data.data;
  const done = one.path.filter(({ state }) => state === 'completed').length;
  const active = one.path.filter(({ state }) => state === 'active').length;
  const waiting = one.path.filter(({ state }) => state === 'waiting').length;
  return (
    <>
      <PageTitle above={<Link to="/dashboard/pipeline/jamaah">{t('title')}</Link>}>{one.name}</PageTitle>
      <JamaahHead of={one} />
      <div className={css.columns}>
        <div className={css.main}>
          <Section
            title={t('track.title')}
            aside={t('track.aside', { done, total: one.path.length, active, waiting })}
            skeleton={null}
          >
            <div className={css.trackBox}>
              <StageTrack of={one} />
            </div>
          </Section>
          <Tasks of={one} />
        </div>
        <div className={css.side}>
          <Why of={one} />
          <Documents of={one} />
          <History of={one} />
        </div>
      </div>
    </>
  );
}

function PageBones() {
  return (
    <div className={css.columns}>
      <div className={css.main}>
        <div className={css.bonePanel}>
          {['62%', '54%', '70%', '48%', '66%', '58%', '74%', '52%', '60%', '68%'].map((width) => (
            <Bone key={width} width={width} height={14} />
          ))}
        </div>
      </div>
      <div className={css.side}>
        <div className={`${css.bonePanel} ${table.bones}`}>
          <Bone width="40%" />
          <Bone width="80%" />
          <Bone width="64%" />
        </div>
      </div>
    </div>
  );
}
