/** What the address of the import page may say. */

import { pageSize, positive, present, text } from '@/shared/search';

export const importsSearch = (given: Record<string, unknown>) =>
  present({
    /** The import whose report is open. */
    import: text(given, 'import'),
    /** The kind of problem that is shown. */
    problem: text(given, 'problem'),
    /** Of problems. */
    page: positive(given, 'page'),
    /** Of the list of earlier imports. */
    earlier: positive(given, 'earlier'),
    limit: pageSize(given),
  });

export type ImportsSearch = ReturnType<typeof importsSearch>;
