//! Files that are locked with a passphrase, in the age format, version 1 (<https://age-encryption.org/v1>).
//!
//! Such a file is opened by the program `age` and others like it, on any computer, without this app. Only the passphrase
//! form is here (one recipient of the type `scrypt`), written over the primitives of `ring`: see
//! docs/adr/0016-files-locked-with-a-passphrase.md for why. A file says itself how much memory and time its key costs;
//! one that asks for more than [`MOST_WORK`] is refused before any of it is spent.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::{hkdf, hmac};

const FIRST_LINE: &[u8] = b"age-encryption.org/v1\n";
const ARMOR_BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const ARMOR_END: &str = "-----END AGE ENCRYPTED FILE-----";
const LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
/// The logarithm of the work that is written: 64 MB of memory, which every telephone has.
const WORK: u8 = 16;
/// The most that is done for a file of somebody else: 1 GB, and only where that much is free. It is what rage asks for on
/// a fast machine; age itself goes up to 22.
const MOST_WORK: u8 = 20;
/// A longer header has more in it than one passphrase.
const LONGEST_HEADER: usize = 4_096;
const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// Why a file can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgeError {
    /// It is locked with a key, or the work it asks for is too much.
    #[error("this file is not locked with a passphrase, or in too costly a way: ask for one that is")]
    NotForUs,
    /// It is another passphrase.
    #[error("this is not the passphrase: try again")]
    WrongPassphrase,
    /// It is no such file, or it was changed or cut off.
    #[error("this file is damaged: take another copy of it")]
    Damaged,
}

/// Whether a file is locked in this way.
#[must_use]
pub fn is_locked(bytes: &[u8]) -> bool {
    bytes.starts_with(b"age-encryption.org/") || bytes.trim_ascii_start().starts_with(ARMOR_BEGIN.as_bytes())
}

/// Locks a file.
///
/// # Errors
/// [`AgeError::NotForUs`] when the system has no randomness or no memory.
pub fn lock(content: &[u8], passphrase: &str) -> Result<Vec<u8>, AgeError> {
    let (mut file_key, mut salt, mut nonce) = ([0; 16], [0; 16], [0; 16]);
    for random in [&mut file_key, &mut salt, &mut nonce] {
        getrandom::fill(random).map_err(|_| AgeError::NotForUs)?;
    }
    locked(content, passphrase, (file_key, salt, nonce), WORK)
}

fn locked(
    content: &[u8],
    passphrase: &str,
    (file_key, salt, nonce): ([u8; 16], [u8; 16], [u8; 16]),
    work: u8,
) -> Result<Vec<u8>, AgeError> {
    let mut body = file_key.to_vec();
    let wrapping = cipher(&passphrase_key(passphrase, &salt, work)?)?;
    wrapping
        .seal_in_place_append_tag(zero(), Aad::empty(), &mut body)
        .map_err(|_| AgeError::NotForUs)?;
    let mut out = FIRST_LINE.to_vec();
    let stanza = format!(
        "-> scrypt {} {work}\n{}\n---",
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(body)
    );
    out.extend(stanza.as_bytes());
    let seal = hmac::sign(&header_key(&file_key)?, &out);
    out.extend(format!(" {}\n", STANDARD_NO_PAD.encode(seal)).as_bytes());
    out.extend(nonce);
    let payload = cipher(&derived(&file_key, &nonce, b"payload")?)?;
    let count = content.len().div_ceil(CHUNK).max(1);
    for number in 0..count {
        let end = content.len().min((number + 1) * CHUNK);
        let mut chunk = content.get(number * CHUNK..end).unwrap_or_default().to_vec();
        let nonce = chunk_nonce(number, number + 1 == count);
        payload
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut chunk)
            .map_err(|_| AgeError::NotForUs)?;
        out.extend(chunk);
    }
    Ok(out)
}

/// Opens a file.
///
/// # Errors
/// Why it can't be opened.
pub fn unlock(bytes: &[u8], passphrase: &str) -> Result<Vec<u8>, AgeError> {
    let unarmored = unarmored(bytes)?;
    let bytes = unarmored.as_deref().unwrap_or(bytes);
    let header = Header::read(bytes)?;
    let key = passphrase_key(passphrase, &header.salt, header.work)?;
    let mut body = header.body;
    let file_key = cipher(&key)?.open_in_place(zero(), Aad::empty(), &mut body);
    let file_key = file_key.map_err(|_| AgeError::WrongPassphrase)?;
    let signed = bytes.get(..header.signed).ok_or(AgeError::Damaged)?;
    hmac::verify(&header_key(file_key)?, signed, &header.seal).map_err(|_| AgeError::Damaged)?;
    let (nonce, rest) = bytes
        .get(header.end..)
        .and_then(|rest| rest.split_at_checked(16))
        .ok_or(AgeError::Damaged)?;
    let payload = cipher(&derived(file_key, nonce, b"payload")?)?;
    let mut content = Vec::with_capacity(rest.len());
    let count = rest.len().div_ceil(CHUNK + TAG);
    if count == 0 {
        return Err(AgeError::Damaged);
    }
    for (number, chunk) in rest.chunks(CHUNK + TAG).enumerate() {
        let mut chunk = chunk.to_vec();
        let last = number + 1 == count;
        let opened = payload.open_in_place(chunk_nonce(number, last), Aad::empty(), &mut chunk);
        let opened = opened.map_err(|_| AgeError::Damaged)?;
        // Only an empty file ends in an empty chunk.
        if opened.is_empty() && number > 0 {
            return Err(AgeError::Damaged);
        }
        content.extend_from_slice(opened);
    }
    Ok(content)
}

/// What stands before the content.
struct Header {
    salt: [u8; 16],
    work: u8,
    body: Vec<u8>,
    seal: Vec<u8>,
    /// How much of the file the seal is of, and where the content begins.
    signed: usize,
    end: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Result<Self, AgeError> {
        let rest = bytes.strip_prefix(FIRST_LINE).ok_or(AgeError::Damaged)?;
        let window = rest.get(..rest.len().min(LONGEST_HEADER)).unwrap_or_default();
        let mut lines = window.split_inclusive(|&byte| byte == b'\n');
        let mut at = FIRST_LINE.len();
        let mut line = || {
            let line = lines.next()?;
            at += line.len();
            let text = std::str::from_utf8(line.strip_suffix(b"\n")?).ok()?;
            Some((text, at))
        };
        let (stanza, _) = line().ok_or(AgeError::Damaged)?;
        let mut arguments = stanza.strip_prefix("-> ").ok_or(AgeError::Damaged)?.split(' ');
        if arguments.next() != Some("scrypt") {
            return Err(AgeError::NotForUs);
        }
        let salt = arguments.next().and_then(decoded).ok_or(AgeError::Damaged)?;
        let salt: [u8; 16] = salt.try_into().map_err(|_| AgeError::Damaged)?;
        let work = arguments
            .next()
            .filter(|work| !work.starts_with(['0', '+']))
            .ok_or(AgeError::Damaged)?;
        let work: u8 = work.parse().map_err(|_| AgeError::Damaged)?;
        if arguments.next().is_some() {
            return Err(AgeError::Damaged);
        }
        if work > MOST_WORK || !has_memory(&memory(), work) {
            return Err(AgeError::NotForUs);
        }
        let (body, before_seal) = line().ok_or(AgeError::Damaged)?;
        let body = decoded(body)
            .filter(|body| body.len() == 16 + TAG)
            .ok_or(AgeError::Damaged)?;
        let (seal, end) = line().ok_or(AgeError::Damaged)?;
        // A second recipient is not allowed beside a passphrase.
        let seal = seal.strip_prefix("--- ").and_then(decoded).ok_or(AgeError::Damaged)?;
        Ok(Self {
            salt,
            work,
            body,
            seal,
            signed: before_seal + b"---".len(),
            end,
        })
    }
}

/// Base64 as the format has it: without padding, and in one way only.
fn decoded(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text).ok()
}

/// What stands in a file that was written as text; `None` for one that was not.
fn unarmored(bytes: &[u8]) -> Result<Option<Vec<u8>>, AgeError> {
    let bytes = bytes.trim_ascii();
    if !bytes.starts_with(ARMOR_BEGIN.as_bytes()) {
        return Ok(None);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| AgeError::Damaged)?;
    let inner = text
        .strip_prefix(ARMOR_BEGIN)
        .and_then(|text| text.strip_suffix(ARMOR_END))
        .ok_or(AgeError::Damaged)?;
    let joined: String = inner.lines().collect();
    STANDARD.decode(joined).map(Some).map_err(|_| AgeError::Damaged)
}

/// What Linux and Android say of their memory; nothing elsewhere.
fn memory() -> String {
    std::fs::read_to_string("/proc/meminfo").unwrap_or_default()
}

/// Whether the memory that a key costs is free, and a quarter more for what else goes on: on a small telephone the system
/// would end the app instead of saying no. Where the system says nothing of its memory, it is taken to be there.
fn has_memory(said: &str, work: u8) -> bool {
    let free = said.lines().find_map(|line| {
        let kilobytes = line.strip_prefix("MemAvailable:")?.trim().strip_suffix(" kB")?;
        kilobytes.parse::<u64>().ok()
    });
    let wanted = 1_u64 << work;
    free.is_none_or(|free| free >= wanted + wanted / 4)
}

fn passphrase_key(passphrase: &str, salt: &[u8; 16], work: u8) -> Result<[u8; 32], AgeError> {
    let parameters = scrypt::Params::new(work, 8, 1).map_err(|_| AgeError::NotForUs)?;
    let salt = [LABEL, salt].concat();
    let mut key = [0; 32];
    scrypt::scrypt(passphrase.as_bytes(), &salt, &parameters, &mut key).map_err(|_| AgeError::NotForUs)?;
    Ok(key)
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, AgeError> {
    let key = UnboundKey::new(&CHACHA20_POLY1305, key).map_err(|_| AgeError::NotForUs)?;
    Ok(LessSafeKey::new(key))
}

fn header_key(file_key: &[u8]) -> Result<hmac::Key, AgeError> {
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &derived(file_key, b"", b"header")?))
}

fn derived(file_key: &[u8], salt: &[u8], label: &[u8]) -> Result<[u8; 32], AgeError> {
    let mut key = [0; 32];
    let label = [label];
    let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, salt).extract(file_key);
    let expanded = derived
        .expand(&label, hkdf::HKDF_SHA256)
        .map_err(|_| AgeError::NotForUs)?;
    expanded.fill(&mut key).map_err(|_| AgeError::NotForUs)?;
    Ok(key)
}

fn zero() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// The number of a chunk, and whether it is the last.
fn chunk_nonce(number: usize, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    for (byte, from) in nonce[3..11].iter_mut().zip((number as u64).to_be_bytes()) {
        *byte = from;
    }
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

#[cfg(test)]
#[path = "age_tests.rs"]
mod tests;
