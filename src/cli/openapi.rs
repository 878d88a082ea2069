//! `lajur openapi`: what `docs/openapi.json` holds and clients are made from.

use std::io::Write;

/// Needs no configuration and no database.
pub fn print_openapi() -> anyhow::Result<()> {
    let text = crate::http::openapi::describe().to_pretty_json()?;
    writeln!(std::io::stdout(), "{text}")?;
    Ok(())
}
