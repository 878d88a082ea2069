/** The whole key, this once. It closes by a button alone, so that it is not lost by a click beside it. */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Input.layer.css';

import { Button, Modal, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useState } from 'react';
import type { ShownApiKey } from '@/shared/api/types';
import { usePhone } from '@/shared/ui/widths';
import css from './keys.module.css';
import { useKeyWords } from './words';

export default function ShownDialog({ of, close }: { of: ShownApiKey; close: () => void }) {
  const { t } = useKeyWords();
  const fullScreen = usePhone();
  const [copied, setCopied] = useState<boolean>();
  const { key } = of;
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      setCopied(false);
    }
  };
  const Icon = copied ? IconCheck : IconCopy;
  return (
    <Modal
      opened
      onClose={close}
      title={t('shown.title', { name: of.name })}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
      fullScreen={fullScreen}
    >
      <div className={css.secret}>
        <p className={css.explain}>{t(key ? 'shown.text' : 'shown.lost')}</p>
        {key && (
          <TextInput
            readOnly
            data-autofocus
            label={t('shown.label')}
            value={key}
            onFocus={(event) => event.currentTarget.select()}
          />
        )}
        <span role="status" className={css.explain}>
          {copied === true && t('shown.copied')}
          {copied === false && t('shown.not_copied')}
        </span>
        <span className={css.buttons}>
          {key && (
            <Button leftSection={<Icon size={16} stroke={1.8} aria-hidden />} onClick={() => void copy(key)}>
              {t('shown.copy')}
            </Button>
          )}
          <Button variant="default" onClick={close}>
            {t('shown.done')}
          </Button>
        </span>
      </div>
    </Modal>
  );
}
