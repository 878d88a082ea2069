/** All shortcuts that act at this moment, by what they belong to; and the switch for those of one letter. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Kbd.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';
import '@mantine/core/styles/Switch.layer.css';

import { Kbd, Modal, Switch } from '@mantine/core';
import { IconArrowDown, IconArrowLeft, IconArrowRight, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type ShortcutGroup, switchLetters, useLetters, useShortcutGroups } from '@/shared/keys/shortcuts';
import css from './HelpSheet.module.css';
import { useShellWords } from './words/shell';

export default function HelpSheet({ onClose }: { onClose: () => void }) {
  const { t } = useShellWords();
  const letters = useLetters();
  const groups = merged(useShortcutGroups());
  return (
    <Modal opened onClose={onClose} title={t('keys.title')} size="lg">
      <div className={css.groups}>
        {groups.map(({ name, shortcuts }) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {shortcuts.map(({ keys, label }) => (
                <div key={keys}>
                  <dt>{label}</dt>
                  <dd>
                    <Keys keys={keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <Switch
        mt={16}
        label={t('keys.letters')}
        description={t('keys.letters_why')}
        checked={letters}
        onChange={(event) => switchLetters(event.currentTarget.checked)}
      />
    </Modal>
  );
}

/** Several parts of a page may offer shortcuts under one name. */
function merged(groups: ShortcutGroup[]): ShortcutGroup[] {
  const byName = new Map<string, ShortcutGroup['shortcuts']>();
  for (const { name, shortcuts } of groups) byName.set(name, [...(byName.get(name) ?? []), ...shortcuts]);
  return [...byName].map(([name, shortcuts]) => ({ name, shortcuts }));
}

const ARROW = { size: 12, stroke: 2 } as const;

const NAMES: Record<string, ReactNode> = {
  $mod: 'Ctrl',
  Escape: 'Esc',
  BracketLeft: '[',
  BracketRight: ']',
  ArrowUp: <IconArrowUp {...ARROW} role="img" aria-label="ArrowUp" />,
  ArrowDown: <IconArrowDown {...ARROW} role="img" aria-label="ArrowDown" />,
  ArrowLeft: <IconArrowLeft {...ARROW} role="img" aria-label="ArrowLeft" />,
  ArrowRight: <IconArrowRight {...ARROW} role="img" aria-label="ArrowRight" />,
};

/** "Ctrl K", "G lalu T" */
function Keys({ keys }: { keys: string }) {
  const { t } = useShellWords();
  const presses = keys.split(' ');
  return presses.map((press, index) => (
    <span key={press}>
      {index > 0 && ` ${t('keys.and_then')} `}
      {press
        .split(/(?<=.)\+/)
        .filter((key) => !key.startsWith('['))
        .map((key) => (
          <Kbd key={key} size="sm" className={css.key}>
            {NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key)}
          </Kbd>
        ))}
    </span>
  ));
}
