/**
 * A form whose contents survive: a refused or failed request, signing in again, and the page being loaded again
 * (in the tab's own storage, for this person). Complaints of the server go to their fields.
 */

import { type UseFormReturnType, useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { ApiError } from '@/shared/api/errors';
import { currentMe } from '@/shared/session/session';
import { useListWords } from '@/shared/words/lists';

interface Options<Values> {
  /** What the draft is kept as, `stage:…`. */
  draft: string;
  initial: Values;
  /** Of the last attempt to save. */
  error: unknown;
  /** A sentence for a field that the server complains about, if there is one of its own. */
  complaint: (field: string) => string | undefined;
  /** Complaints that need no server. */
  validate?: (values: Values) => Partial<Record<keyof Values & string, string | null>>;
}

export interface DraftForm<Values extends object> {
  form: UseFormReturnType<Values>;
  /** Whether it began with what had been typed before. */
  restored: boolean;
  /** What was typed is saved, or not wanted. */
  forget: () => void;
}

export function useDraftForm<Values extends object>(options: Options<Values>): DraftForm<Values> {
  const { draft, initial, error, complaint, validate } = options;
  const { t } = useListWords();
  const key = `lajur.draft.${currentMe()?.user?.id ?? ''}.${draft}`;
  const [kept] = useState(() => read<Values>(key));
  const form = useForm<Values>({
    initialValues: { ...initial, ...kept },
    onValuesChange: (values) => sessionStorage.setItem(key, JSON.stringify(values)),
    ...(validate ? { validate: (values: Values) => validate(values) as Record<string, string> } : {}),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refusal is told once
  useEffect(() => {
    if (!(error instanceof ApiError)) return;
    const fields = (error.details.fields ?? {}) as Record<string, unknown>;
    form.setErrors(
      Object.fromEntries(Object.keys(fields).map((field) => [field, complaint(field) ?? t('check_field')])),
    );
  }, [error]);
  return { form, restored: kept !== undefined, forget: () => sessionStorage.removeItem(key) };
}

function read<Values>(key: string): Partial<Values> | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? 'null') as Partial<Values> | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The fields in which two sets of values differ. */
export function differences<Values extends object>(before: Values, after: Values): Partial<Values> {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof Values]),
    ),
  ) as Partial<Values>;
}
