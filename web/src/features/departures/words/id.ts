export const id = {
  title: 'Keberangkatan',
} as const;
