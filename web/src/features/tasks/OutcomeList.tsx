/** Which of many could not be done, and why. */

import { ApiError, type ErrorCode } from '@/shared/api/errors';
import { useErrorWords } from '@/shared/words/errors';
import type { BulkOutcome } from './bulk';
import css from './questions.module.css';
import { useTasksWords } from './words';

export function OutcomeList({ outcome }: { outcome: BulkOutcome }) {
  const { t } = useTasksWords();
  const words = useErrorWords();
  return (
    <table className={css.outcome}>
      <thead>
        <tr>
          <th scope="col">{t('bulk.outcome_task')}</th>
          <th scope="col">{t('bulk.outcome_why')}</th>
        </tr>
      </thead>
      <tbody>
        {outcome.failed.map(({ task, code, message }) => (
          <tr key={task.id}>
            <td>{t('done.about', { title: task.title, name: task.jamaah_name })}</td>
            <td>{words(new ApiError({ code: code as ErrorCode, status: 409, message }))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
