/** What a browser calls itself, in the words of people. The first that fits: each also names those it descends from. */

const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const SYSTEMS: [RegExp, string][] = [
  [/\bAndroid\b/, 'Android'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const first = (text: string, among: [RegExp, string][]): string | undefined =>
  among.find(([pattern]) => pattern.test(text))?.[1];

/** `undefined` for what is no browser that is known. */
export function browserOf(agent: string | null | undefined): { browser: string; system: string } | undefined {
  const browser = agent && first(agent, BROWSERS);
  const system = agent && first(agent, SYSTEMS);
  return browser && system ? { browser, system } : undefined;
}
