/** The stages of the pipeline: their order, each one's rules and tasks, and whom a new version concerns. */

import { IconPlus, IconRoute } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { stagesQuery } from '@/shared/api/snapshots';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Empty } from '@/shared/ui/Empty';
import { Bone } from '@/shared/ui/Late';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { Apply } from './Apply';
import { Retired } from './Retired';
import { StageForm } from './StageForm';
import { StageList } from './StageList';
import { NEW } from './search';
import css from './stages.module.css';
import { useStageWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/stages');

export function StagesPage() {
  const { t } = useStageWords();
  const { stage } = route.useSearch();
  const navigate = route.useNavigate();
  const refusal = useRefusal('stages.write');
  const open = (code: string | undefined) =>
    void navigate({ search: code ? { stage: code } : {}, resetScroll: false });
  return (
    <>
      <PageTitle>{t('title')}</PageTitle>
      <Apply />
      <div className={css.columns}>
        <Section
          title={t('list.title')}
          aside={t('list.aside')}
          actions={
            <Action
              variant="default"
              refusal={refusal}
              leftSection={<IconPlus size={16} stroke={1.8} aria-hidden />}
              onClick={() => open(NEW)}
            >
              {t('new.open')}
            </Action>
          }
          skeleton={<Bones />}
        >
          <StageList selected={stage} open={open} refusal={refusal} />
          <Retired />
        </Section>
        <Section title={t('form.title')} look="bare" skeleton={<Bones />}>
          <Chosen code={stage} close={() => open(undefined)} refusal={refusal} />
        </Section>
      </div>
    </>
  );
}

function Chosen({
  code,
  close,
  refusal,
}: {
  code: string | undefined;
  close: () => void;
  refusal: string | undefined;
}) {
  const { t } = useStageWords();
  const stages = useSuspenseQuery(stagesQuery).data.data;
  const stage = stages.find((one) => one.code === code);
  if (!stage && code !== NEW) {
    return (
      <div className={css.panel}>
        <Empty icon={IconRoute} title={t('form.choose')}>
          {t('form.choose_text')}
        </Empty>
      </div>
    );
  }
  return <StageForm key={stage?.id ?? NEW} of={stage} stages={stages} close={close} refusal={refusal} />;
}

const BONES = ['72%', '64%', '80%', '58%', '76%', '68%', '62%', '74%'];

function Bones() {
  return (
    <div className={table.bones}>
      {BONES.map((width) => (
        <Bone key={width} width={width} height={16} />
      ))}
    </div>
  );
}
