//! Which column of a file is which, by the headers agencies write.
//!
//! Headers compare without case, points, spaces, underscores and accents. What
//! is in parentheses, words such as "jamaah", and the other half of a
//! "No. HP / WA" may stand beside the name. A header that fits two columns
//! ("Agen / No HP") fits neither.

use std::collections::BTreeMap;

use super::text;

/// What a manifest says about a person. In the order of the exported file, the
/// running number in front aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    Number,
    Name,
    Passport,
    BirthDate,
    Sex,
    Nationality,
    PassportExpiry,
    Package,
    DepartureCode,
    DepartureDate,
    Phone,
    Agent,
}

impl Column {
    pub const ALL: [Self; 12] = [
        Self::Number,
        Self::Name,
        Self::Passport,
        Self::BirthDate,
        Self::Sex,
        Self::Nationality,
        Self::PassportExpiry,
        Self::Package,
        Self::DepartureCode,
        Self::DepartureDate,
        Self::Phone,
        Self::Agent,
    ];

    /// Without these nobody can be imported.
    pub const MANDATORY: [Self; 4] = [
        Self::Name,
        Self::Passport,
        Self::BirthDate,
        Self::DepartureDate,
    ];

    /// The header in files that we write.
    pub fn title(self) -> &'static str {
        match self {
            Self::Number => "No",
            Self::Name => "Nama Lengkap",
            Self::Passport => "No. Paspor",
            Self::BirthDate => "Tgl Lahir",
            Self::Sex => "JK",
            Self::Nationality => "Kewarganegaraan",
            Self::PassportExpiry => "Masa Berlaku Paspor",
            Self::Package => "Paket",
            Self::DepartureCode => "Kode Keberangkatan",
            Self::DepartureDate => "Tgl Berangkat",
            Self::Phone => "No HP",
            Self::Agent => "Agen",
        }
    }

    /// The headers that mean this column, as [`canonical`] leaves them, the best
    /// first: where a file has two of them, the earlier one is taken.
    fn synonyms(self) -> &'static str {
        match self {
            Self::Number => "no nourut urut nr num noabsen",
            Self::Name => "namapaspor namepaspor namalengkap fullname nama name namaktp guestname",
            Self::Passport => "nopaspor pasporno paspor documentno nodokumen docno",
            Self::BirthDate => {
                "tgllahir dateofbirth birthdate dob datebirth birthday tgllhr tempattgllahir \
                 tempatdantgllahir ttl lahir birth"
            }
            Self::Sex => {
                "jeniskelamin jk kelamin sex gender lp jnskelamin jeniskel jkel jnskel mf pw \
                 lakiperempuan lakilakiperempuan priawanita"
            }
            Self::Nationality => {
                "kewarganegaraan warganegara nationality kebangsaan citizenship wniwna wn negara \
                 country nation"
            }
            // with or without "paspor", see `lookup`
            Self::PassportExpiry => {
                "masaberlaku dateofexpiry expirydate expirationdate expdate tglexpired tglexpiry tglexp \
                 dateofexpired expireddate expiry expired expire expires exp doe masaberlakusd berlakusd \
                 berlaku berlakusampai berlakusampaidengan berlakuhingga tglhabisberlaku habisberlaku \
                 tglhabis tglakhir tglberakhir berakhir akhirberlaku tglkadaluarsa tglkadaluwarsa \
                 kadaluarsa kadaluwarsa kedaluwarsa tglkedaluwarsa validuntil validity validto valid"
            }
            Self::Package => {
                "paket package namapaket jenispaket tipepaket packagename program namaprogram"
            }
            Self::DepartureCode => {
                "kodekeberangkatan departurecode kodeberangkat kodegrup kodegroup groupcode groupid \
                 idgroup nogroup nogrup namagrup namagroup groupname group grup kloter rombongan kode \
                 code"
            }
            Self::DepartureDate => {
                "tglberangkat tglkeberangkatan departuredate dateofdeparture tgldeparture departure \
                 keberangkatan berangkat tglbrkt tglbrgkt tglbrangkat tglterbang tglflight flightdate \
                 etd datedeparture depdate traveldate"
            }
            Self::Phone => {
                "nohp nohandphone handphone hp nohpwa hpwa nohpwhatsapp nowa nowhatsapp wa whatsapp \
                 notelphp telphp notelp telp notlp tlp mobile mobileno mobilephone mobilephoneno phone \
                 phoneno nophone telephone cellphone ponsel noponsel contactno nokontak kontak contact \
                 whatsappno hpno nomobile"
            }
            Self::Agent => {
                "agen agent mitra namaagen namaagent agentname namamitra agenmitra perwakilan marketing"
            }
        }
    }
}

/// Where each column stands. Built by [`Layout::of`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    columns: BTreeMap<Column, usize>,
}

impl Layout {
    /// Recognises the headers of one row. Of several that mean the same column
    /// the plainest wins, of equal ones the left one.
    pub fn of<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut best: BTreeMap<Column, (Faith, usize)> = BTreeMap::new();
        for (index, header) in headers.into_iter().enumerate() {
            let Some((column, faith)) = recognise(header) else {
                continue;
            };
            let found = best.entry(column).or_insert((faith, index));
            if faith < found.0 {
                *found = (faith, index);
            }
        }
        Self {
            columns: best
                .into_iter()
                .map(|(column, (_, index))| (column, index))
                .collect(),
        }
    }

    pub fn index(&self, column: Column) -> Option<usize> {
        self.columns.get(&column).copied()
    }

    /// True if the cell at `index` is one that is read.
    pub fn uses(&self, index: usize) -> bool {
        self.columns.values().any(|used| *used == index)
    }

    pub fn missing(&self) -> impl Iterator<Item = Column> {
        Column::MANDATORY
            .into_iter()
            .filter(|column| !self.columns.contains_key(column))
    }

    /// How many columns were recognised, the running number aside: "No" heads
    /// every other table too.
    pub fn recognised(&self) -> usize {
        self.columns
            .keys()
            .filter(|column| **column != Column::Number)
            .count()
    }
}

/// Less is better: whether only a part of the header fits, how far down the
/// synonyms it was found, and how far it had to be bent.
type Faith = (bool, usize, u8);

/// The column a header means, if it means exactly one.
pub fn recognise(header: &str) -> Option<(Column, Faith)> {
    let plain = without_parentheses(header);
    let whole = [
        text::key(header),
        text::key(&plain),
        without_fillers(&plain),
    ];
    for (bent, key) in (0..).zip(&whole) {
        if let Some((column, rank)) = lookup(key) {
            return Some((column, (false, rank, bent)));
        }
    }
    let mut found: Option<(Column, usize)> = None;
    for part in plain
        .split(['/', '|', '\n', ',', ':', ';'])
        .filter(|part| part.len() < plain.len())
    {
        let Some((column, rank)) =
            lookup(&text::key(part)).or_else(|| lookup(&without_fillers(part)))
        else {
            continue;
        };
        match found {
            Some((other, _)) if other != column => return None,
            Some((_, better)) if better <= rank => {}
            _ => found = Some((column, rank)),
        }
    }
    found.map(|(column, rank)| (column, (true, rank, 0)))
}

fn lookup(key: &str) -> Option<(Column, usize)> {
    let key = canonical(key);
    let rank =
        |column: Column, key: &str| column.synonyms().split(' ').position(|known| known == key);
    // "Masa Berlaku" may be that of the visa, if another one says it is the passport's
    let of_passport = key.replace("paspor", "");
    if of_passport != key && rank(Column::PassportExpiry, &of_passport).is_some() {
        return Some((Column::PassportExpiry, 0));
    }
    Column::ALL
        .into_iter()
        .find_map(|column| rank(column, &key).map(|rank| (column, rank.saturating_add(1))))
}

/// One spelling for words that have several.
fn canonical(key: &str) -> String {
    const SPELLINGS: [(&str, &str); 12] = [
        ("tanggal", "tgl"),
        ("nomor", "no"),
        ("nomer", "no"),
        ("number", "no"),
        ("passport", "paspor"),
        ("pasport", "paspor"),
        ("passpor", "paspor"),
        ("telepon", "telp"),
        ("telpon", "telp"),
        ("telefon", "telp"),
        ("kewarganegaran", "kewarganegaraan"),
        ("namalengkappaspor", "namapaspor"),
    ];
    SPELLINGS.iter().fold(key.to_owned(), |key, (from, to)| {
        if key.contains(from) {
            key.replace(from, to)
        } else {
            key
        }
    })
}

/// Without the words that agencies add for whom or for what it is.
fn without_fillers(header: &str) -> String {
    const FILLERS: &str = "jamaah jemaah jamaahs jamah calon peserta pax pilgrim pilgrims passenger penumpang \
                           sesuai dengan di pada in as per the umrah umroh haji";
    text::words(header)
        .filter(|word| !FILLERS.split(' ').any(|filler| filler == word))
        .collect()
}

fn without_parentheses(header: &str) -> String {
    let mut depth = 0_usize;
    let mut out = String::with_capacity(header.len());
    for c in header.chars() {
        match c {
            '(' | '[' => depth = depth.saturating_add(1),
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(header: &str) -> Option<Column> {
        recognise(header).map(|(column, _)| column)
    }

    #[test]
    fn headers_are_recognised_however_they_are_written() {
        for (expected, headers) in [
            (
                Column::Number,
                vec!["No", "NO.", "Nomor", "Nomor Urut", "No. Jamaah"],
            ),
            (
                Column::Name,
                vec![
                    "nama",
                    "NAMA LENGKAP",
                    "Nama Jamaah",
                    "Nama Jama'ah",
                    "Nama sesuai paspor",
                    "Nama (sesuai paspor)",
                    "Name",
                    "Full Name",
                    "full_name",
                    "Name as in Passport",
                    "Nama Lengkap Jemaah Sesuai Paspor",
                    "Nama / Name",
                    "Nama Calon Jamaah Umroh",
                ],
            ),
            (
                Column::Passport,
                vec![
                    "No. Paspor",
                    "NO PASPOR",
                    "Nomor Paspor",
                    "paspor",
                    "Passport",
                    "Passport No.",
                    "passport_number",
                    "No. Paspor Jamaah",
                    "No\nPaspor",
                    "Pasport",
                    "Nomor Passport",
                ],
            ),
            (
                Column::BirthDate,
                vec![
                    "Tgl Lahir",
                    "Tgl. Lahir",
                    "Tanggal Lahir",
                    "TANGGAL\nLAHIR",
                    "Birth Date",
                    "DOB",
                    "Date of Birth",
                    "Tgl Lahir (dd/mm/yyyy)",
                    "Tempat, Tgl Lahir",
                    "Tempat/Tanggal Lahir",
                    "TTL",
                ],
            ),
            (
                Column::Sex,
                vec![
                    "JK",
                    "J/K",
                    "Jenis Kelamin",
                    "L/P",
                    "Jenis Kelamin (L/P)",
                    "Sex",
                    "Gender",
                    "M/F",
                ],
            ),
            (
                Column::Nationality,
                vec!["Kewarganegaraan", "Warga Negara", "Nationality", "WNI/WNA"],
            ),
            (
                Column::PassportExpiry,
                vec![
                    "Masa Berlaku Paspor",
                    "Berlaku s/d",
                    "Tgl Expired",
                    "Expiry",
                    "Passport Expiry",
                    "Date of Expiry",
                    "Tgl. Habis Berlaku",
                    "Masa Berlaku Passport",
                    "Expired Date",
                    "Passport Expiry Date",
                    "Paspor Berlaku s/d",
                ],
            ),
            (
                Column::Package,
                vec!["Paket", "Package", "Paket Umroh", "Nama Paket"],
            ),
            (
                Column::DepartureCode,
                vec![
                    "Kode Keberangkatan",
                    "Kode",
                    "Group",
                    "Departure Code",
                    "Kloter",
                ],
            ),
            (
                Column::DepartureDate,
                vec![
                    "Tgl Berangkat",
                    "Tanggal Keberangkatan",
                    "Departure",
                    "Departure Date",
                    "Tgl. Keberangkatan Umrah",
                ],
            ),
            (
                Column::Phone,
                vec![
                    "No HP",
                    "HP",
                    "No. HP / WA",
                    "Telepon",
                    "No. Telp/HP",
                    "WA",
                    "WhatsApp",
                    "Phone",
                    "Mobile",
                    "No. Telepon",
                ],
            ),
            (Column::Agent, vec!["Agen", "Agent", "Mitra", "Nama Agen"]),
        ] {
            for header in headers {
                assert_eq!(column(header), Some(expected), "{header}");
            }
        }
    }

    #[test]
    fn other_headers_are_not_mistaken_for_a_column() {
        for header in [
            "",
            "Nama Ayah",
            "Nama Mahram",
            "Tempat Lahir",
            "Tempat Terbit Paspor",
            "Tgl Terbit Paspor",
            "Date of Issue",
            "Masa Berlaku Visa",
            "Umur",
            "Status",
            "Tahap",
            "Progres",
            "Agen / No HP",
            "NIK",
            "Kode Pos",
            "Kamar",
        ] {
            assert_eq!(column(header), None, "{header}");
        }
    }

    #[test]
    fn of_two_headers_for_a_column_the_plainest_wins_then_the_left() {
        let layout = Layout::of([
            "Nama KTP",
            "Nama Sesuai Paspor",
            "HP",
            "hp",
            "Paspor / Visa",
            "No Paspor",
        ]);
        assert_eq!(layout.index(Column::Name), Some(1));
        assert_eq!(layout.index(Column::Phone), Some(2));
        assert_eq!(layout.index(Column::Passport), Some(5));
    }

    #[test]
    fn the_titles_of_our_own_files_are_recognised() {
        for expected in Column::ALL {
            assert_eq!(column(expected.title()), Some(expected));
        }
    }
}
