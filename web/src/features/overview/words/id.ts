export const id = {
  title: 'Ikhtisar',
} as const;
