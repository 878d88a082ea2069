export const id = {
  title: 'Impor manifes',
} as const;
