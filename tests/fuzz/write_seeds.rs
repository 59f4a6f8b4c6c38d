//! Writes the seeds of all fuzz targets into a folder: `fuzz_seeds FOLDER` makes `FOLDER/TARGET/NAME`.
#![allow(clippy::expect_used)]

use std::fs;
use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).expect("the folder to write into"));
    let seeds = anban_fuzz::seeds::all().expect("randomness for keys");
    for seed in seeds {
        let folder = folder.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(seed.name), seed.bytes)?;
    }
    Ok(())
}
