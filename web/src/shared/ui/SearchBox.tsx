/** Words that a list is filtered by. They reach the address when the hand has rested. `/` leads here. */

import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useShortcuts } from '@/shared/keys/shortcuts';
import { useListWords } from '@/shared/words/lists';
import css from './filter.module.css';

const RESTS_MS = 300;

export function SearchBox({
  label,
  value,
  onChange,
}: {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const { t } = useListWords();
  const field = useRef<HTMLInputElement>(null);
  useShortcuts(t('list_keys'), [{ keys: '/', label: t('search'), run: () => field.current?.focus() }]);
  const [typed, setTyped] = useState(value ?? '');
  const sent = useRef(value ?? '');
  const latest = useRef(onChange);
  latest.current = onChange;
  // the address changed by itself: back, a link, "clear filters"
  useEffect(() => {
    if ((value ?? '') === sent.current) return;
    sent.current = value ?? '';
    setTyped(value ?? '');
  }, [value]);
  useEffect(() => {
    const words = typed.trim();
    if (words === sent.current) return;
    const timer = setTimeout(() => {
      sent.current = words;
      latest.current(words || undefined);
    }, RESTS_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <span className={css.search}>
      <IconSearch size={16} stroke={1.8} aria-hidden />
      <input
        ref={field}
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {typed === '' && <kbd aria-hidden>/</kbd>}
    </span>
  );
}
