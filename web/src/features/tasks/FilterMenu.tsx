/** One filter: a button with a menu of values; when some are chosen, a tinted chip with a cross. */

import { Menu } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import css from './page.module.css';
import { useTasksWords } from './words';

export interface Choice {
  value: string;
  label: string;
}

export function FilterMenu({
  what,
  choices,
  values,
  single = false,
  onChange,
}: {
  what: string;
  choices: readonly Choice[];
  values: readonly string[];
  /** One value at most. */
  single?: boolean;
  onChange: (values: string[]) => void;
}) {
  const { t } = useTasksWords();
  const labelOf = (value: string) => choices.find((one) => one.value === value)?.label ?? value;
  const chosen =
    values.length === 1
      ? t('filter.chosen', { what, value: labelOf(values[0] ?? '') })
      : t('filter.several', { what, n: values.length });
  const toggle = (value: string) => {
    if (values.includes(value)) onChange(values.filter((one) => one !== value));
    else onChange(single ? [value] : [...values, value]);
  };
  return (
    <Menu position="bottom-start" width={260} shadow="md" closeOnItemClick={single}>
      {values.length === 0 ? (
        <Menu.Target>
          <button type="button" className={css.filter}>
            {what}
            <IconChevronDown size={16} stroke={1.8} aria-hidden />
          </button>
        </Menu.Target>
      ) : (
        <span className={css.chip}>
          <Menu.Target>
            <button type="button">
              <span>{chosen}</span>
            </button>
          </Menu.Target>
          <button type="button" aria-label={t('filter.remove', { what })} onClick={() => onChange([])}>
            <IconX size={16} stroke={1.8} aria-hidden />
          </button>
        </span>
      )}
      <Menu.Dropdown className={css.scrollMenu} aria-label={what}>
        {choices.map(({ value, label }) => (
          <Menu.CheckboxItem key={value} checked={values.includes(value)} onChange={() => toggle(value)}>
            {label}
          </Menu.CheckboxItem>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
