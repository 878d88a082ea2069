/** Who somebody is, in two letters; the name is its title. */

import css from './ui.module.css';

const LETTERS = 2;

export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked
    .map((word) => word?.[0]?.toUpperCase())
    .join('')
    .slice(0, LETTERS);
}

/** "Siti R.", where there is room for little. */
export function shortName(name: string): string {
  const [first, ...others] = name.split(/\s+/).filter(Boolean);
  const last = others.at(-1);
  return last ? `${first} ${last[0]?.toUpperCase()}.` : (first ?? name);
}

export function Initials({
  name,
  named = false,
}: {
  name: string;
  /** The name stands beside it. */
  named?: boolean;
}) {
  return (
    <span
      className={css.initials}
      {...(named ? { 'aria-hidden': true } : { title: name, role: 'img', 'aria-label': name })}
    >
      {initialsOf(name)}
    </span>
  );
}
