/** Somebody's way through the stages: a drawing of when, and the same in words, which is what is read out. */

import { Fragment } from 'react';
import type { JamaahDetail } from '@/shared/api/types';
import { useStageName, useStages } from '@/shared/entities/stages';
import { useFormats } from '@/shared/format/formats';
import { INSTANCE, STATUS } from '@/shared/vocabulary/icons';
import { useCommonWords } from '@/shared/words/common';
import { type Bar, type Track, trackOf } from './track';
import css from './track.module.css';
import { usePassageWords } from './usePassageWords';
import { useJamaahWords } from './words';

const ROW_PX = 34;
const BAR_KINDS = ['band', 'done', 'running', 'late'] as const;

export function StageTrack({ of }: { of: JamaahDetail }) {
  const { t } = useJamaahWords();
  const { t: common } = useCommonWords();
  const stageName = useStageName();
  const format = useFormats();
  const stages = useStages();
  const words = usePassageWords(of, stages);
  const now = Date.now();
  const track = trackOf(of.path, stages, format.startOf(of.status.departure_date), now);
  return (
    <div className={css.track}>
      <ol className={css.rows}>
        {of.path.map((passage) => {
          const { icon: Icon } =
            passage.late && passage.state === 'active' ? STATUS.overdue : INSTANCE[passage.state];
          const name = stageName({ name: passage.stage_name, name_en: passage.stage_name_en });
          const { text, late } = words(passage);
          return (
            <li key={passage.id} className={css.row} data-state={passage.state} data-late={late || undefined}>
              <Icon
                className={css.icon}
                size={16}
                stroke={1.8}
                role="img"
                aria-label={common(`instance.${passage.state}`)}
              />
              <span className={css.position}>{passage.position}</span>
              <span className={css.name} title={name}>
                {name}
              </span>
              <span className={css.words}>{text}</span>
            </li>
          );
        })}
      </ol>
      <div className={css.drawing} aria-hidden>
        <Drawing track={track} days={format.daysUntil(of.status.departure_date)} />
      </div>
      <ul className={css.legend} aria-hidden>
        {BAR_KINDS.map((kind) => (
          <li key={kind}>
            <span className={css.sample} data-kind={kind} />
            {t(`track.${kind}`)}
          </li>
        ))}
        <li>{t('track.no_forecast')}</li>
      </ul>
    </div>
  );
}

function Drawing({ track, days }: { track: Track; days: number }) {
  const { t } = useJamaahWords();
  const format = useFormats();
  const height = track.rows.length * ROW_PX;
  const middle = (row: number) => row * ROW_PX + ROW_PX / 2;
  return (
    <div className={css.canvas} style={{ height }}>
      {[...track.ticks, { days: 0, at: track.departure }].map(({ days: before, at }) => (
        <Fragment key={before}>
          <span className={css.grid} style={{ left: `${at}%` }} />
          <span className={css.tick} style={{ left: `${at}%` }}>
            {before === 0 ? t('track.departure') : format.daysTo(before)}
          </span>
        </Fragment>
      ))}
      <svg className={css.elbows} viewBox={`0 0 100 ${height}`} preserveAspectRatio="none" aria-hidden>
        {track.elbows.map(({ from, to, fromX, toX, heldUp }) => (
          <path
            key={`${from}-${to}`}
            data-held={heldUp || undefined}
            d={`M ${fromX} ${middle(from)} H ${toX} V ${middle(to) - 8 * Math.sign(to - from)}`}
          />
        ))}
      </svg>
      {track.elbows.map(({ from, to, toX, heldUp }) => (
        <span
          key={`${from}-${to}`}
          className={css.arrow}
          data-held={heldUp || undefined}
          data-up={to < from || undefined}
          style={{ left: `${toX}%`, top: to < from ? middle(to) + 7 : middle(to) - 12 }}
        />
      ))}
      {track.rows.map(({ passage, band, limit, bars }, row) => (
        <Fragment key={passage.id}>
          {band && (
            <span
              className={css.band}
              style={{ left: `${band.left}%`, width: `${band.width}%`, top: middle(row) - 8 }}
            />
          )}
          {bars.map((bar) => (
            <BarOf key={bar.kind} bar={bar} top={middle(row) - 5} />
          ))}
          {limit !== undefined && (
            <span
              className={css.limit}
              data-late={bars.some(({ kind }) => kind === 'late') || undefined}
              style={{ left: `${limit}%`, top: middle(row) - 9 }}
            />
          )}
        </Fragment>
      ))}
      {track.today !== undefined && (
        <span className={css.today} style={{ left: `${track.today}%` }}>
          <b>{t('track.today_days', { days: format.daysTo(days) })}</b>
        </span>
      )}
    </div>
  );
}

const BarOf = ({ bar, top }: { bar: Bar; top: number }) => (
  <span
    className={css.bar}
    data-kind={bar.kind}
    style={{ left: `${bar.left}%`, width: `${bar.width}%`, top }}
  />
);
