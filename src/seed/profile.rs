//! How long stages take and what holds them up, by the code of the stage.
//!
//! Lengths are log-normal; the medians are those of the trade, the spreads are
//! chosen within 0.5–0.8 so that the season's statuses come out as counted. A
//! stage that is not known takes half of its SLA.

use crate::domain::pipeline::stage::Stage;

/// What work at a stage is like.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    pub median_days: f64,
    /// Standard deviation of the logarithm.
    pub sigma: f64,
    pub holdups: &'static [Holdup],
}

/// Why a task stands still.
#[derive(Debug, PartialEq, Eq)]
pub struct Holdup {
    pub reason: &'static str,
    /// Somebody outside holds it up.
    pub third_party: bool,
}

/// Per stage, in percent.
pub const HOLDUPS: u32 = 3;
/// How long one lasts, in days.
pub const HOLDUP_DAYS: (f64, f64) = (4.0, 18.0);

/// Who registers late is served first: their stages, hold-ups included, take so
/// much of the usual time.
pub const PRESSED: f64 = 0.75;

const fn ours(reason: &'static str) -> Holdup {
    Holdup {
        reason,
        third_party: false,
    }
}

const fn theirs(reason: &'static str) -> Holdup {
    Holdup {
        reason,
        third_party: true,
    }
}

pub fn profile(stage: &Stage) -> Profile {
    let known = PROFILES.iter().find(|(code, _)| *code == &*stage.code);
    known.map_or_else(
        || Profile {
            median_days: f64::from(stage.sla_days) / 2.0,
            sigma: 0.65,
            holdups: &ANYWHERE,
        },
        |(_, profile)| *profile,
    )
}

const ANYWHERE: [Holdup; 2] = [ours("Data belum lengkap"), theirs("Menunggu pihak lain")];

const PROFILES: [(&str, Profile); 10] = [
    ("document-collection", of(8.0, 0.7, &COLLECTION)),
    ("document-verification", of(1.0, 0.5, &VERIFICATION)),
    ("siskopatuh-submission", of(1.0, 0.5, &SUBMISSION)),
    ("siskopatuh-approval", of(4.0, 0.65, &APPROVAL)),
    ("flight-booking", of(2.5, 0.65, &FLIGHT)),
    ("hotel-booking", of(4.0, 0.8, &HOTEL)),
    ("visa-application", of(1.5, 0.65, &VISA)),
    ("visa-approval", of(3.0, 0.6, &VISA_APPROVAL)),
    ("equipment-manasik", of(3.0, 0.7, &EQUIPMENT)),
    ("departure-ready", of(1.2, 0.5, &READY)),
];

const fn of(median_days: f64, sigma: f64, holdups: &'static [Holdup]) -> Profile {
    Profile {
        median_days,
        sigma,
        holdups,
    }
}

const COLLECTION: [Holdup; 5] = [
    theirs("Paspor belum jadi di kantor imigrasi"),
    ours("Masa berlaku paspor kurang dari 6 bulan"),
    ours("Nama di paspor hanya satu kata"),
    theirs("Vaksin meningitis kosong di klinik"),
    ours("Agen belum mengirim berkas"),
];
const VERIFICATION: [Holdup; 3] = [
    ours("Pindaian paspor buram, minta unggah ulang"),
    ours("Nama di KTP dan paspor berbeda"),
    ours("NIK ganda, menunggu klarifikasi jamaah"),
];
const SUBMISSION: [Holdup; 4] = [
    ours("Data jamaah belum lengkap"),
    ours("Setoran belum masuk"),
    theirs("Sistem SISKOPATUH gangguan"),
    theirs("Kuota paket penuh"),
];
const APPROVAL: [Holdup; 3] = [
    theirs("Data dikembalikan kementerian"),
    theirs("Antrean validasi kementerian"),
    ours("Perbaikan data asuransi"),
];
const FLIGHT: [Holdup; 3] = [
    ours("Daftar nama belum lengkap"),
    theirs("Maskapai belum mengeluarkan PNR"),
    ours("Harga tiket berubah, menunggu pelunasan"),
];
const HOTEL: [Holdup; 3] = [
    theirs("Persetujuan hotel di Nusuk belum keluar"),
    ours("Hotel belum berlisensi, mencari pengganti"),
    ours("Jumlah malam tidak sesuai jadwal"),
];
const VISA: [Holdup; 3] = [
    ours("Persetujuan mahram belum lengkap"),
    theirs("Sistem provider visa gangguan"),
    ours("Paspor tidak memenuhi syarat 180 hari"),
];
const VISA_APPROVAL: [Holdup; 3] = [
    theirs("Visa ditolak, diajukan ulang"),
    theirs("Antrean provider, musim ramai"),
    ours("Biometrik belum dilakukan"),
];
const EQUIPMENT: [Holdup; 4] = [
    theirs("Stok koper habis di pemasok"),
    ours("Ukuran seragam belum ada"),
    ours("Alamat pengiriman salah"),
    ours("Pelunasan belum diterima"),
];
const READY: [Holdup; 3] = [
    theirs("Paspor masih di provider visa"),
    ours("Jamaah sakit, menunggu surat dokter"),
    ours("Pelunasan belum diterima"),
];

/// What is written under a task that stands still.
pub const COMMENTS: [&str; 5] = [
    "Sudah dihubungi lewat WhatsApp, menunggu jawaban.",
    "Sudah ditelepon, dijanjikan pekan ini.",
    "Diteruskan ke koordinator agen.",
    "Belum ada kabar, dicek lagi besok.",
    "Keluarga jamaah sudah diberi tahu.",
];

/// What is noted on an optional task that nobody needed.
pub const NOT_NEEDED: &str = "Tidak diperlukan";
