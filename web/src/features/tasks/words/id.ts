export const id = {
  title: 'Papan tugas',
} as const;
