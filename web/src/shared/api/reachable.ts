/** Whether the server, not only something on the way to it, has answered the last request. */

let reachable = true;

/** What a proxy answers in the place of a server that is away. */
const BY_A_PROXY = [502, 504];

export const isReachable = (): boolean => reachable;

/** `undefined` when no answer came. */
export function noteAnswer(status: number | undefined): void {
  reachable = status !== undefined && !BY_A_PROXY.includes(status);
}
