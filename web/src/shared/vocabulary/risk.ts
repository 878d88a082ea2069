/** The departure risk's limits, as the server draws them (`docs/rules.md`): below these chances of being ready. */

export const RISK_BELOW = { high: 0.5, medium: 0.85 } as const;
