export const id = {
  title: 'Jamaah',
} as const;
