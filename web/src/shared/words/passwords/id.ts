export const id = {
  label: 'Kata sandi baru',
  again: 'Ulangi kata sandi baru',
  hint: 'Minimal 12 huruf. Beberapa kata yang tidak berkaitan mudah diingat dan sulit ditebak.',
  short: 'Minimal 12 huruf',
  long: 'Paling banyak 128 huruf',
  differs: 'Tidak sama dengan yang di atas',
  easy: 'Terlalu mudah ditebak. Jangan pakai nama, surel, atau urutan yang lazim.',
  current: 'Kata sandi sekarang',
  wrong: 'Bukan kata sandi Anda yang sekarang',
} as const;
