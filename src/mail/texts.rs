//! What mails say, in the tenant's language.

use super::Letter;
use crate::domain::pipeline::tenant::Tenant;

/// What a mail is about.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub tenant: &'a Tenant,
    /// Of whoever is written to.
    pub name: &'a str,
    /// Where to go on.
    pub link: &'a str,
}

/// Somebody is asked to come, and the link is good for some days.
pub fn invitation(facts: Facts<'_>, hours: u32) -> Letter {
    let Facts { tenant, name, link } = facts;
    let organisation = &tenant.name;
    let days = hours.div_ceil(24);
    if is_english(tenant) {
        return Letter {
            subject: format!("Your invitation to {organisation} on Lajur"),
            text: format!(
                "Hello {name},\n\n\
                 {organisation} invites you to work with them on Lajur.\n\
                 Open this link to choose a password and sign in:\n\n{link}\n\n\
                 The link can be used once, within {days} days. If you do not know {organisation}, \
                 you need not do anything.\n"
            ),
        };
    }
    Letter {
        subject: format!("Undangan Anda ke {organisation} di Lajur"),
        text: format!(
            "Halo {name},\n\n\
             {organisation} mengundang Anda untuk bekerja bersama di Lajur.\n\
             Buka tautan ini untuk memilih kata sandi dan masuk:\n\n{link}\n\n\
             Tautan ini hanya dapat dipakai sekali, dalam {days} hari. Jika Anda tidak mengenal \
             {organisation}, abaikan saja surel ini.\n"
        ),
    }
}

/// Somebody has forgotten their password, or somebody else says so.
pub fn password_reset(facts: Facts<'_>, minutes: u32) -> Letter {
    let Facts { tenant, name, link } = facts;
    let organisation = &tenant.name;
    if is_english(tenant) {
        return Letter {
            subject: format!("Another password for {organisation} on Lajur"),
            text: format!(
                "Hello {name},\n\n\
                 Somebody asked for another password for your account at {organisation}.\n\
                 Open this link to choose one:\n\n{link}\n\n\
                 The link can be used once, within {minutes} minutes. If it was not you, you need not \
                 do anything: your password stays as it is.\n"
            ),
        };
    }
    Letter {
        subject: format!("Kata sandi baru untuk {organisation} di Lajur"),
        text: format!(
            "Halo {name},\n\n\
             Ada permintaan kata sandi baru untuk akun Anda di {organisation}.\n\
             Buka tautan ini untuk memilih kata sandi:\n\n{link}\n\n\
             Tautan ini hanya dapat dipakai sekali, dalam {minutes} menit. Jika bukan Anda yang meminta, \
             abaikan saja surel ini: kata sandi Anda tidak berubah.\n"
        ),
    }
}

fn is_english(tenant: &Tenant) -> bool {
    &*tenant.locale == "en"
}
