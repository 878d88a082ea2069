export const id = {
  title: 'Masuk',
  organisation: 'Organisasi',
  organisation_hint: 'Nama pendek, misalnya al-barokah',
  email: 'Surel',
  password: 'Kata sandi',
  submit: 'Masuk',
  wrong: 'Organisasi, surel, atau kata sandi tidak cocok.',
  again: {
    title: 'Sesi berakhir',
    text: 'Masuk lagi untuk melanjutkan. Isian Anda di halaman ini tetap ada.',
    later: 'Nanti, tetap membaca',
    other: 'Ini bukan akun yang tadi. Halaman dimuat ulang.',
  },
} as const;
