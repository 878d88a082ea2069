import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.ts'], {
  eager: true,
  query: '?raw',
  import: 'default',
});
const all = Object.values(sources).join('\n');

const drawn = new Set(
  [...all.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)].flatMap(([, names]) =>
    (names ?? '').split(',').map((name) => name.trim()),
  ),
);
const styled = new Set(
  [...all.matchAll(/@mantine\/core\/styles\/(\w+)\.layer\.css/g)].map(([, name]) => name),
);
/** What the library draws inside these. */
const INSIDE: Record<string, string[]> = {
  Checkbox: ['InlineInput'],
  Drawer: ['ModalBase', 'Overlay', 'CloseButton', 'Paper'],
  Menu: ['Popover'],
  Modal: ['ModalBase', 'Overlay', 'CloseButton', 'Paper'],
  MultiSelect: ['Combobox', 'Input', 'Pill', 'PillsInput', 'Popover', 'ScrollArea'],
  NumberInput: ['Input'],
  PasswordInput: ['Input'],
  Radio: ['InlineInput'],
  Select: ['Combobox', 'Input', 'Popover', 'ScrollArea'],
  Switch: ['InlineInput'],
  TextInput: ['Input'],
  Textarea: ['Input'],
};
const exists = new Set(
  readdirSync('node_modules/@mantine/core/styles').flatMap(
    (file) => /^(\w+)\.layer\.css$/.exec(file)?.[1] ?? [],
  ),
);

describe('the styles of the library', () => {
  it('are there for every component that is drawn', () => {
    const needs = [...drawn]
      .flatMap((name) => [name, ...(INSIDE[name] ?? [])])
      .filter((name) => exists.has(name));
    expect(needs.length).toBeGreaterThan(0);
    expect(needs.filter((name) => !styled.has(name))).toEqual([]);
  });

  it('are all in the layer, so that ours win', () => {
    expect(all).not.toMatch(/@mantine\/\w+\/styles(\/\w+)?\.css/);
  });
});
