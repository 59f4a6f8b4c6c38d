//! placeholder while the rest is put together
use std::process::ExitCode;
/// x
#[derive(Debug, clap::Args)]
pub struct Arguments {}
/// x
pub fn run(_a: &Arguments) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
