// Audits one page and prints the scores and what cost them: node audit.mjs URL COOKIES CHROMIUM
import { launch } from 'chrome-launcher';
import lighthouse from 'lighthouse';

const [url, cookies, chromePath] = process.argv.slice(2);
const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox'] });
try {
  const { lhr } = await lighthouse(url, {
    port: chrome.port,
    extraHeaders: { Cookie: cookies },
    onlyCategories: ['performance', 'accessibility', 'best-practices'],
    formFactor: 'mobile',
    // a CPU that is four times slower, 10 Mbit/s and 40 ms, as in the rest of make bench-web
    throttling: { cpuSlowdownMultiplier: 4, rttMs: 40, throughputKbps: 10_000 },
  });
  const scores = Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(score * 100)]);
  const faults = Object.values(lhr.categories).flatMap(({ auditRefs }) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
      .map(({ id }) => `${id}: ${lhr.audits[id].displayValue ?? lhr.audits[id].title}`),
  );
  console.log(JSON.stringify({ scores: Object.fromEntries(scores), faults, url: lhr.finalDisplayedUrl }));
} finally {
  chrome.kill();
}
