/** One filter of a list: a choice, tinted and with a cross while it is set. */

import { IconChevronDown, IconX } from '@tabler/icons-react';
import { useListWords } from '@/shared/words/lists';
import css from './filter.module.css';

export interface Choice {
  value: string;
  label: string;
}

export function Filter({
  name,
  value,
  choices,
  onChange,
}: {
  name: string;
  value: string | undefined;
  choices: Choice[];
  onChange: (value: string | undefined) => void;
}) {
  const { t } = useListWords();
  const isKnown = choices.some((choice) => choice.value === value);
  return (
    <span className={css.filter} data-set={value !== undefined || undefined}>
      {value !== undefined && <span aria-hidden>{name}:</span>}
      <select
        aria-label={name}
        value={value ?? ''}
        onChange={({ target }) => onChange(target.value || undefined)}
      >
        <option value="">{value === undefined ? name : t('any')}</option>
        {value !== undefined && !isKnown && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      {value === undefined ? (
        <IconChevronDown className={css.chevron} size={16} stroke={1.8} aria-hidden />
      ) : (
        <button
          type="button"
          aria-label={t('remove_filter', { name })}
          onClick={() => onChange(undefined)}
          className={css.remove}
        >
          <IconX size={14} stroke={1.8} aria-hidden />
        </button>
      )}
    </span>
  );
}

/** A filter that is on or off. */
export function Toggle({
  name,
  on,
  onChange,
}: {
  name: string;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <button type="button" className={css.toggle} aria-pressed={on} onClick={() => onChange(!on)}>
      {name}
      {on && <IconX size={14} stroke={1.8} aria-hidden />}
    </button>
  );
}

/** By what a list is ordered. There is always one. */
export function Order({
  value,
  choices,
  onChange,
}: {
  value: string;
  choices: Choice[];
  onChange: (value: string) => void;
}) {
  const { t } = useListWords();
  return (
    <span className={css.filter}>
      <span aria-hidden>{t('sort')}:</span>
      <select aria-label={t('sort')} value={value} onChange={({ target }) => onChange(target.value)}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
      <IconChevronDown className={css.chevron} size={16} stroke={1.8} aria-hidden />
    </span>
  );
}
