/** The people of a departure who are not ready, the latest first; those who are ready fold into one row. */

import { IconChevronDown, IconChevronRight, IconMoodSmile } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { DepartureReport, JamaahCard } from '@/shared/api/types';
import { jamaahListQuery, useJamaah } from '@/shared/entities/jamaah';
import { useNameOf } from '@/shared/entities/people';
import { useStageName, useStageNameOf, useStages } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { useChange } from '@/shared/live/changes';
import { Contact } from '@/shared/ui/Contact';
import { Due } from '@/shared/ui/Due';
import { Empty } from '@/shared/ui/Empty';
import { Filter } from '@/shared/ui/Filter';
import { Initials, shortName } from '@/shared/ui/Initials';
import { Bone } from '@/shared/ui/Late';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import { FlagBadge, RiskBar, StatusBadge } from '@/shared/vocabulary/badges';
import { useRoleName } from '@/shared/vocabulary/roles';
import { useCommonWords } from '@/shared/words/common';
import css from './departures.module.css';
import { useDepartureWords } from './words';

const route = getRouteApi('/signed-in/dashboard/pipeline/departures/$id');
/** A group travels in a coach; more than this is more than one page. */
const AT_ONCE = 100;

export function People({ of }: { of: DepartureReport }) {
  const { t } = useDepartureWords();
  const stageName = useStageName();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const stages = useStages();
  return (
    <Section
      title={t('list.title')}
      aside={t(of.forecast ? 'list.by_risk' : 'list.by_lateness')}
      actions={
        <span className={css.screen}>
          <Filter
            name={t('list.stage')}
            value={search.stage}
            onChange={(stage) =>
              void navigate({ search: stage ? { stage } : {}, replace: true, resetScroll: false })
            }
            choices={stages.map((stage) => ({ value: stage.code, label: stageName(stage) }))}
          />
        </span>
      }
      skeleton={
        <div className={table.bones}>
          <Bone width="60%" />
          <Bone width="52%" />
          <Bone width="66%" />
        </div>
      }
    >
      <List of={of} />
    </Section>
  );
}

function List({ of }: { of: DepartureReport }) {
  const { t } = useDepartureWords();
  const { stage, ready } = route.useSearch();
  const filters = {
    departure: of.id,
    status: 'active',
    sort: of.forecast ? 'risk' : 'due_at',
    limit: AT_ONCE,
    ...(stage ? { stage } : {}),
  };
  const { ids, meta } = useSuspenseQuery(jamaahListQuery(filters)).data;
  const total = meta.total ?? ids.length;
  return (
    <>
      {ids.length === 0 ? (
        <Empty icon={IconMoodSmile} title={t(stage ? 'list.nobody_here' : 'list.all_ready')} />
      ) : (
        <Table ids={ids} label={t('list.title')} withRisk={of.forecast != null} />
      )}
      {total > ids.length && (
        <p className={css.more}>
          <Link to="/dashboard/pipeline/jamaah" search={{ departure: of.id, status: 'active' }}>
            {t('list.more', { count: total - ids.length })}
          </Link>
        </p>
      )}
      {of.ready > 0 && !stage && <Ready of={of} open={ready === true} />}
    </>
  );
}

/** The row of those nobody needs to think about. */
function Ready({ of, open }: { of: DepartureReport; open: boolean }) {
  const { t } = useDepartureWords();
  const format = useFormats();
  const navigate = route.useNavigate();
  const found = useQuery({
    ...jamaahListQuery({ departure: of.id, status: 'completed', sort: 'name', limit: AT_ONCE }),
    enabled: open,
  });
  const Icon = open ? IconChevronDown : IconChevronRight;
  return (
    <>
      <button
        type="button"
        className={css.fold}
        aria-expanded={open}
        onClick={() =>
          void navigate({
            search: ({ ready: _, ...before }) => (open ? before : { ...before, ready: true as const }),
            replace: true,
            resetScroll: false,
          })
        }
      >
        <Icon size={16} stroke={1.8} aria-hidden />
        {t('list.ready', { count: of.ready, people: format.count(of.ready) })}
      </button>
      {open && found.data && <Table ids={found.data.ids} label={t('list.ready_title')} withRisk={false} />}
    </>
  );
}

function Table({ ids, label, withRisk }: { ids: string[]; label: string; withRisk: boolean }) {
  const { t } = useDepartureWords();
  const { t: common } = useCommonWords();
  return (
    <div className={table.scroll}>
      <table className={table.table}>
        <caption className={css.hidden}>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('column.name')}</th>
            <th scope="col">{t('column.passport')}</th>
            {withRisk && <th scope="col">{common('risk_label')}</th>}
            <th scope="col">{t('column.status')}</th>
            <th scope="col">{t('column.stage')}</th>
            <th scope="col">{t('column.cause')}</th>
            <th scope="col">{t('column.due')}</th>
            <th scope="col">{t('column.by')}</th>
            <th scope="col">{t('column.contact')}</th>
          </tr>
        </thead>
        <tbody>
          {ids.map((id) => (
            <Row key={id} id={id} withRisk={withRisk} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ id, withRisk }: { id: string; withRisk: boolean }) {
  const stageName = useStageNameOf();
  const cause = useCause();
  const changedPerson = useChange(`jamaah:${id}`);
  const changedStatus = useChange(`jamaah_status:${id}`);
  const one = useJamaah(id);
  if (!one) return null;
  const stage = stageName(one.next_task?.stage_id ?? one.current_stage_id) ?? '';
  const why = cause(one);
  return (
    <tr data-changed={(changedPerson ?? changedStatus) ? true : undefined}>
      <th scope="row">
        <Link to="/dashboard/pipeline/jamaah/$id" params={{ id }} className={table.link}>
          <span className={table.clip} title={one.name}>
            {one.name}
          </span>
        </Link>
      </th>
      <td className={table.figure}>{one.passport_number}</td>
      {withRisk && (
        <td>
          <RiskBar risk={one.risk} probability={one.readiness_probability} />
        </td>
      )}
      <td>
        <span className={table.badges}>
          <StatusBadge status={one.status} />
          {one.blocked && <FlagBadge flag="blocked" />}
          {one.on_hold && <FlagBadge flag="on_hold" />}
        </span>
      </td>
      <td className={table.quiet}>
        <span className={table.clip} title={stage}>
          {stage}
        </span>
      </td>
      <td>
        <span className={css.cause} title={why}>
          {why}
        </span>
      </td>
      <td>{one.status !== 'completed' && <Due at={one.next_task?.due_at ?? one.due_at} />}</td>
      <td>
        <By of={one} />
      </td>
      <td className={css.reach}>
        <span className={css.contact}>
          <Contact name={one.name} phone={one.phone} />
        </span>
        <span className={css.printed}>{one.phone}</span>
      </td>
    </tr>
  );
}

/** What most stands in somebody's way: why it is blocked, or what is to be done next. */
function useCause(): (one: JamaahCard) => string {
  const { t } = useDepartureWords();
  const format = useFormats();
  return ({ next_task: task, reasons, status }) => {
    const held = reasons.find(({ code }) => code === 'on_hold');
    if (held?.code === 'on_hold') return t('cause.held', { reason: held.reason });
    if (task?.blocked_reason) return t('cause.blocked', { reason: task.blocked_reason });
    if (task) return task.title;
    const window = reasons.find(({ code }) => code === 'waiting_for_window');
    if (window?.code === 'waiting_for_window') return t('cause.window', { day: format.day(window.opens_at) });
    return status === 'completed' ? t('cause.ready') : t('cause.none');
  };
}

function By({ of }: { of: JamaahCard }) {
  const nameOf = useNameOf();
  const roleName = useRoleName();
  const task = of.next_task;
  const name = nameOf(task?.assignee);
  if (!name) return <span className={table.faint}>{task && roleName(task.role)}</span>;
  return (
    <span className={css.by}>
      <Initials name={name} /> <span aria-hidden>{shortName(name)}</span>
    </span>
  );
}
