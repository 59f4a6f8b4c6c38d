//! What fuzzing begins with: one good input of each kind, made by our own code.
//!
//! From a good input a fuzzer gets past the first checks of a parser at once; from nothing it would need days. Keys
//! are new each time, so nothing that is signed here is worth anything. Each function gives `(target, name, bytes)`.

mod certificate;
mod documents;
mod files;
mod messages;

/// One input.
pub struct Seed {
    /// The target's name.
    pub target: &'static str,
    /// What it is called among the seeds of its target.
    pub name: &'static str,
    /// The input.
    pub bytes: Vec<u8>,
}

/// All seeds; `None` where this machine has no randomness to make keys of.
#[must_use]
pub fn all() -> Option<Vec<Seed>> {
    let mut seeds = documents::seeds()?;
    seeds.extend(files::seeds()?);
    seeds.extend(messages::seeds()?);
    Some(seeds)
}

fn seed(target: &'static str, name: &'static str, bytes: impl Into<Vec<u8>>) -> Seed {
    Seed {
        target,
        name,
        bytes: bytes.into(),
    }
}
