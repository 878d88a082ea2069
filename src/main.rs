//! The program: see `lajur --help`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use actix_web::rt::System;
use clap::Parser;
use lajur::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    disable_huge_pages();
    // dropping it would wait for threads that may hang for ever: they end with the process
    let system = ManuallyDrop::new(System::new());
    system.block_on(run())
}

/// The kernel would merge what has been given back into transparent huge pages, and memory would grow though little
/// more is held (docs/adr/0013). A kernel that has none refuses, which is as well.
fn disable_huge_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

async fn run() -> ExitCode {
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lajur: {error:#}");
            ExitCode::FAILURE
        }
    }
}
