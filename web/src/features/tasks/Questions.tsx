/** The questions that stand over the page: a reason, a day, a person, a priority, "really all of them?". */

import '@/shared/ui/modalStyles';
import '@mantine/core/styles/Combobox.layer.css';
import '@mantine/core/styles/Checkbox.layer.css';
import '@mantine/core/styles/InlineInput.layer.css';

import { Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { usePhone } from '@/shared/ui/widths';
import { AssignQuestion } from './AssignQuestion';
import { BlockQuestion } from './BlockQuestion';
import { cardOf } from './commands';
import { DateQuestion } from './DateQuestion';
import { closeQuestion, type Question } from './dialogs';
import { OutcomeList } from './OutcomeList';
import { CancelQuestion, ConfirmQuestion, PriorityQuestion } from './ShortQuestions';
import { useTasksWords } from './words';

export default function Questions({ question }: { question: Question }) {
  const phone = usePhone();
  const title = useTitle(question);
  const wide = question.kind === 'outcome';
  return (
    <Modal
      opened
      onClose={closeQuestion}
      title={title}
      fullScreen={phone}
      size={wide ? 'lg' : 'sm'}
      transitionProps={{ duration: 120 }}
    >
      <Body question={question} />
    </Modal>
  );
}

function Body({ question }: { question: Question }): ReactNode {
  switch (question.kind) {
    case 'block':
      return <BlockQuestion {...question} />;
    case 'date':
      return <DateQuestion {...question} />;
    case 'assign':
      return <AssignQuestion ids={question.ids} />;
    case 'priority':
      return <PriorityQuestion ids={question.ids} />;
    case 'cancel':
      return <CancelQuestion ids={question.ids} />;
    case 'confirm':
      return <ConfirmQuestion {...question} />;
    case 'outcome':
      return <OutcomeList outcome={question.outcome} />;
  }
}

function useTitle(question: Question): string {
  const { t } = useTasksWords();
  switch (question.kind) {
    case 'block':
    case 'assign':
    case 'priority':
    case 'cancel': {
      const count = question.ids.length;
      return count > 1 ? t(`${question.kind}.title_many`, { count }) : t(`${question.kind}.title`);
    }
    case 'date':
      return t('date.title');
    case 'confirm':
      return t('bulk.confirm_title', { what: question.what, count: question.count });
    case 'outcome':
      return t('bulk.outcome_title');
  }
}

/** Which task a question is about; nothing when it is about many. */
export function About({ ids }: { ids: readonly string[] }) {
  const { t } = useTasksWords();
  const task = ids.length === 1 ? cardOf(ids[0] ?? '') : undefined;
  return task && <p>{t('done.about', { title: task.title, name: task.jamaah_name })}</p>;
}
