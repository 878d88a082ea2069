export const id = {
  title: 'Pengaturan tahap',
} as const;
