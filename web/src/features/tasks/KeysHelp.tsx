/** What the keys do on this page. */

import { KEYS } from './keys';
import css from './questions.module.css';
import { useTasksWords } from './words';

export function KeysHelp() {
  const { t } = useTasksWords();
  return (
    <dl className={css.keys}>
      {KEYS.map(({ keys, does }) => (
        <div key={does}>
          <dt>{t(`keys.${does}`)}</dt>
          <dd>
            {keys.map((key) => (
              <span key={key}>
                <kbd>{key === 'Space' ? t('keys.space') : key}</kbd>{' '}
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
