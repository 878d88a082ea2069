/** One departure: who is not ready and why, the latest first. Printed, it is the list alone. */

import { Button } from '@mantine/core';
import { IconDownload, IconPencil, IconPrinter } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import type { DepartureReport } from '@/shared/api/types';
import { departureQuery } from '@/shared/entities/departures';
import { useFormats } from '@/shared/format/formats';
import { useMay } from '@/shared/session/session';
import { Action, useRefusal } from '@/shared/ui/Action';
import { Bone } from '@/shared/ui/Late';
import { PageTitle } from '@/shared/ui/PageTitle';
import { Section } from '@/shared/ui/Section';
import table from '@/shared/ui/table.module.css';
import css from './departures.module.css';
import { People } from './People';
import { Readiness } from './Readiness';
import { useDepartureWords } from './words';

const DepartureDialog = lazy(() => import('./DepartureDialog'));

const route = getRouteApi('/signed-in/dashboard/pipeline/departures/$id');

export function DeparturePage() {
  const { t } = useDepartureWords();
  const { id } = route.useParams();
  return (
    <Section title={t('one')} look="bare" skeleton={<PageBones />}>
      <Loaded key={id} id={id} />
    </Section>
  );
}

function Loaded({ id }: { id: string }) {
  const { t } = useDepartureWords();
  const one = useSuspenseQuery(departureQuery(id)).data;
  return (
    <>
      <PageTitle above={<Link to="/dashboard/pipeline/departures">{t('title')}</Link>}>{one.code}</PageTitle>
      <Head of={one} />
      <Readiness of={one} />
      <People of={one} />
    </>
  );
}

function Head({ of }: { of: DepartureReport }) {
  const { t } = useDepartureWords();
  const format = useFormats();
  const exports = useMay()('exports.read');
  const refusal = useRefusal('departures.write');
  const [editing, setEditing] = useState(false);
  return (
    <header className={css.head}>
      <div className={css.who}>
        <h2>{format.longDate(of.departure_date)}</h2>
        <span className={css.days}>{format.daysTo(of.days_to_departure)}</span>
        {of.state !== 'scheduled' && <span className={css.days}>{t(`state.${of.state}`)}</span>}
        <p className={css.facts}>
          <span>{of.code}</span>
          {of.package && <span>{of.package}</span>}
          <span>
            {of.seats == null
              ? t('people', { count: of.people, people: format.count(of.people) })
              : t('seats', { people: format.count(of.people), seats: format.count(of.seats) })}
          </span>
        </p>
      </div>
      <div className={css.actions}>
        <Button
          variant="default"
          leftSection={<IconPrinter size={16} stroke={1.8} aria-hidden />}
          onClick={() => window.print()}
        >
          {t('print')}
        </Button>
        {exports && (
          <Button
            variant="default"
            component="a"
            href={`/api/v1/pipeline/export.xlsx?departure=${of.id}`}
            download
            leftSection={<IconDownload size={16} stroke={1.8} aria-hidden />}
          >
            {t('manifest')}
          </Button>
        )}
        <Action
          variant="default"
          refusal={refusal}
          leftSection={<IconPencil size={16} stroke={1.8} aria-hidden />}
          onClick={() => setEditing(true)}
        >
          {t('edit.open')}
        </Action>
      </div>
      <Suspense>{editing && <DepartureDialog of={of} close={() => setEditing(false)} />}</Suspense>
    </header>
  );
}

const BONES = ['44%', '52%', '38%', '48%', '42%'];

function PageBones() {
  return (
    <>
      <div className={css.summary}>
        {BONES.slice(0, 3).map((width) => (
          <div key={width} className={css.cell}>
            <Bone width="40%" />
            <Bone width={width} height={28} />
            <Bone width="80%" />
          </div>
        ))}
      </div>
      <div className={`${css.bonePanel} ${table.bones}`}>
        {BONES.map((width) => (
          <Bone key={width} width={width} />
        ))}
      </div>
    </>
  );
}
