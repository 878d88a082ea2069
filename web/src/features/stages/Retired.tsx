/** Stages that take nobody in any more, folded away under those that do. */

import { useQuery } from '@tanstack/react-query';
import { retiredStagesQuery, useStageName } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { Failure } from '@/shared/ui/Failure';
import { useRoleName } from '@/shared/vocabulary/roles';
import css from './stages.module.css';
import { useStageWords } from './words';

export function Retired() {
  const { t } = useStageWords();
  const format = useFormats();
  const stageName = useStageName();
  const roleName = useRoleName();
  const { data, error, refetch } = useQuery(retiredStagesQuery);
  if (error && !data) {
    return <Failure what={t('retired.title', { count: 0 })} error={error} retry={() => void refetch()} />;
  }
  const stages = data?.data ?? [];
  if (stages.length === 0) return null;
  return (
    <details className={css.retired}>
      <summary>{t('retired.title', { count: stages.length })}</summary>
      <p>{t('retired.text')}</p>
      <ul>
        {stages.map((stage) => (
          <li key={stage.id}>
            <span>{stageName(stage)}</span>
            <small>
              {[
                stage.code,
                roleName(stage.role),
                t('row.sla', { count: stage.sla_days }),
                stage.people > 0 &&
                  t('retired.people', { count: stage.people, people: format.count(stage.people) }),
              ]
                .filter(Boolean)
                .join(' · ')}
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}
