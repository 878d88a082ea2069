/** Search for everything that has a page of its own: pages, jamaah, tasks, departures. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';
import '@mantine/core/styles/Combobox.layer.css';

import { Combobox, Modal, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import css from './Palette.module.css';
import { type Found, useFound } from './useFound';
import { useShellWords } from './words/shell';

/** Between the last key and the question to the server. */
const PAUSE_MS = 120;

export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useShellWords();
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MS);
  const combobox = useCombobox();
  const { groups, searching } = useFound(text.trim(), asked);
  const all = groups.flatMap(({ found }) => found);
  // what Enter would open is always marked: the first one, until the arrows choose another
  const first = all[0]?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `combobox` is another object each time
  useEffect(() => {
    if (first) combobox.selectFirstOption();
    else combobox.resetSelectedOption();
  }, [first]);

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('search.title')}
      size={560}
      yOffset="12vh"
      centered={false}
      classNames={{ header: css.header, body: css.body }}
      withCloseButton={false}
    >
      <Combobox
        store={combobox}
        onOptionSubmit={(key) => {
          onClose();
          all.find((found) => found.key === key)?.open();
        }}
      >
        <Combobox.EventsTarget withExpandedAttribute={false}>
          <TextInput
            data-autofocus
            size="md"
            variant="unstyled"
            className={css.input}
            aria-label={t('search.label')}
            placeholder={t('search.button')}
            leftSection={<IconSearch size={18} stroke={1.8} aria-hidden />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <Combobox.Options className={css.options} aria-label={t('search.title')}>
          {groups.map(
            ({ name, found }) =>
              found.length > 0 && (
                <Combobox.Group key={name} label={name}>
                  {found.map((one) => (
                    <Row key={one.key} found={one} />
                  ))}
                </Combobox.Group>
              ),
          )}
          {all.length === 0 && (
            <Combobox.Empty>
              {searching ? t('search.searching') : t('search.nothing', { text })}
            </Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox>
    </Modal>
  );
}

function Row({ found: { key, icon: Icon, name, detail } }: { found: Found }) {
  return (
    <Combobox.Option value={key} className={css.option}>
      <Icon size={18} stroke={1.6} aria-hidden />
      <span className={css.name}>{name}</span>
      {detail && <span className={css.detail}>{detail}</span>}
    </Combobox.Option>
  );
}
