/** What the drawer should begin with when a key has opened it. */
export const wanted: { part: 'edit' | 'comment' | undefined } = { part: undefined };
