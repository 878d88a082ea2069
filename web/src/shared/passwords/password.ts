/** What a new password must be, as far as that is told without the server, which also knows how easily it is guessed. */

export const SHORTEST = 12;
export const LONGEST = 128;

/** A key of the words about it; `undefined` when nothing is wrong. */
export function complaintAbout(password: string, again: string): 'short' | 'long' | 'differs' | undefined {
  // as the server counts: letters, not the units that they are stored in
  const letters = [...password].length;
  if (letters < SHORTEST) return 'short';
  if (letters > LONGEST) return 'long';
  return password === again ? undefined : 'differs';
}
