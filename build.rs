//! What is embedded: migrations, of which a new one must be noticed, and the
//! web application as `scripts/web` has left it in `web/dist`, each file
//! compressed here once. Without it the program says how to build it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Where the web application is.
const BUILT: &str = "web/dist";
/// What is not compressed in itself.
const TEXTS: [&str; 6] = ["css", "html", "js", "json", "svg", "txt"];
/// The best there is: it is done once and sent often.
const BROTLI_QUALITY: u32 = 11;
const BROTLI_WINDOW_BITS: u32 = 22;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=migrations");
    // a folder that is not there would be looked for, and everything built anew, every time
    fs::create_dir_all(BUILT)?;
    println!("cargo::rerun-if-changed={BUILT}");
    let out = std::env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    let out = PathBuf::from(out).join("web");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    embed(Path::new(BUILT), &out)
}

/// Everything in a folder, but what is hidden.
fn embed(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (name, path) = (entry.file_name(), entry.path());
        let target = to.join(&name);
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            embed(&path, &target)?;
        } else {
            embed_file(&path, &target)?;
        }
    }
    Ok(())
}

/// As it is, and compressed where that makes it smaller.
fn embed_file(path: &Path, target: &Path) -> io::Result<()> {
    let plain = fs::read(path)?;
    fs::write(target, &plain)?;
    let extension = target.extension().unwrap_or_default().to_string_lossy();
    if !TEXTS.contains(&&*extension) {
        return Ok(());
    }
    for (suffix, packed) in [("br", brotli(&plain)?), ("gz", gzip(&plain)?)] {
        if packed.len() < plain.len() {
            fs::write(
                target.with_extension(format!("{extension}.{suffix}")),
                packed,
            )?;
        }
    }
    Ok(())
}

fn brotli(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let buffer = 1 << 16;
    let mut writer =
        brotli::CompressorWriter::new(&mut packed, buffer, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
    writer.write_all(plain)?;
    drop(writer);
    Ok(packed)
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::best());
    writer.write_all(plain)?;
    writer.finish()
}
