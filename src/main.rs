//! The program: see `lajur --help`.

use std::mem::ManuallyDrop;
use std::process::ExitCode;

use actix_web::rt::System;
use clap::Parser;
use lajur::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // dropping it would wait for threads that may hang for ever: they end with the process
    let system = ManuallyDrop::new(System::new());
    system.block_on(run())
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
