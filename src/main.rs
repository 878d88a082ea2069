//! The program: see `lajur --help`.

use std::process::ExitCode;

use clap::Parser;
use lajur::cli::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("lajur: {error:#}");
            ExitCode::FAILURE
        }
    }
}
