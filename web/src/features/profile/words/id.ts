export const id = {
  title: 'Profil saya',
  account: 'Akun',
  name: 'Nama',
  email: 'Surel',
  organisation: 'Organisasi',
  roles: 'Peran',
  ask: 'Nama dan peran diubah oleh administrator.',
  password: {
    title: 'Kata sandi',
    text: 'Sesi di perangkat lain akan berakhir.',
    submit: 'Ganti kata sandi',
    done: 'Kata sandi diganti',
    done_text: 'Semua sesi lain sudah berakhir.',
  },
} as const;
