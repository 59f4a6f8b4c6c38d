//! `anban verify`: reads a signed document and says whether it is valid.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anban_core::effect::{FileContent, FileTrouble};
use anban_credential::{CardError, CardRevocations, Format, ReadError, RootKey, Signers, Trust};
use anyhow::{Context, Result, anyhow, bail};
use jiff::{Timestamp, Zoned};

use crate::outside::files;

/// The options of `anban verify`.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Whom to believe: a trust list, or a list of certificates
    #[arg(long, value_name = "FILE", conflicts_with = "signer")]
    trust: Option<PathBuf>,
    /// The signer: a certificate, public key or JWK set in a file, or a certificate's base64 itself
    #[arg(long, value_name = "CERT")]
    signer: Option<String>,
    /// The signer is the issuer of SMART Health Cards with this URL, and no other issuer's cards are believed
    #[arg(long, value_name = "URL", requires = "signer")]
    issuer: Option<String>,
    /// A card revocation list that an issuer of SMART Health Cards publishes
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// At what time [default: now]
    #[arg(long, value_name = "RFC3339", value_parser = super::instant)]
    at: Option<Zoned>,
    /// The document: its text, a file with its text or a picture of its code, or - for stdin; the parts of a SMART
    /// Health Card that comes in several codes, in any order
    #[arg(value_name = "TEXT|FILE|-", required = true)]
    documents: Vec<String>,
}

/// Prints the report; 0 where the document is valid, 1 where it is not.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let at = arguments.at.as_ref().map_or_else(Timestamp::now, Zoned::timestamp);
    let mut texts = Vec::new();
    for document in &arguments.documents {
        texts.extend(text(document)?);
    }
    let trust = match (&arguments.trust, &arguments.signer) {
        (Some(file), _) => {
            let roots: Vec<RootKey> = RootKey::from_pem(crate::REGION_ROOT).into_iter().collect();
            Trust::read(&read(file)?, &roots, at).context("the trust list can't be used: get a newer one")?
        }
        (None, Some(signer)) => {
            let signers = signers(signer)?;
            Trust::from(match &arguments.issuer {
                Some(url) => signers.of_card_issuer(url),
                None => signers,
            })
        }
        (None, None) => Trust::default(),
    };
    let mut trust = trust;
    for file in &arguments.crl {
        let list = CardRevocations::parse(&read(file)?).map_err(|error| anyhow!("{}: {error}", file.display()))?;
        trust = trust.with_card_revocations(list);
    }
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let verification = anban_credential::check_texts(&texts, &trust, at);
    super::answer(&verification)?;
    Ok(if verification.valid {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let about =
        std::fs::metadata(path).with_context(|| format!("{} can't be read: see that it is there", path.display()))?;
    if about.len() > files::LONGEST_FILE {
        bail!("{} is too large to be what it should be", path.display());
    }
    std::fs::read(path).with_context(|| format!("{} can't be read: see that you may", path.display()))
}

fn signers(given: &str) -> Result<Signers> {
    let path = Path::new(given);
    let bytes = if path.is_file() {
        read(path)?
    } else {
        given.as_bytes().to_vec()
    };
    Signers::parse(&bytes).map_err(|error| anyhow!("the signer can't be used: {error}"))
}

/// The text of a document, wherever it is; or the parts of one, where a picture shows several codes.
fn text(document: &str) -> Result<Vec<String>> {
    if document == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .take(files::LONGEST_FILE + 1)
            .read_to_end(&mut bytes)
            .context("stdin can't be read")?;
        return of_content(files::content(bytes));
    }
    // A text is longer than a file's name may be, and then it is no file.
    if Path::new(document).is_file() {
        return of_content(files::read(Path::new(document)));
    }
    // Base45 and what is around it has no small letters, so this was meant to be a file.
    let is_path = document.contains(['/', '\\', '.']) && document.contains(|c: char| c.is_ascii_lowercase());
    if is_path && Format::of(document).is_none() {
        bail!("there is no such file, and it is no document's text either: look at how it is written");
    }
    Ok(vec![document.to_owned()])
}

fn of_content(content: Result<FileContent, FileTrouble>) -> Result<Vec<String>> {
    match content {
        Ok(FileContent::Text(text)) => Ok(vec![text]),
        Ok(FileContent::Picture { codes }) => {
            let texts = codes.iter().map(|code| code.text.as_str());
            if let Some(document) = texts.clone().find(|text| anban_credential::read(text).is_ok()) {
                return Ok(vec![document.to_owned()]);
            }
            let is_part = |text: &&str| {
                matches!(
                    anban_credential::split(text),
                    Err(ReadError::SmartHealthCard(CardError::Part { .. }))
                )
            };
            let parts: Vec<String> = texts.clone().filter(is_part).map(str::to_owned).collect();
            if !parts.is_empty() {
                return Ok(parts);
            }
            let code = texts
                .clone()
                .find(|text| Format::of(text).is_some())
                .or(texts.clone().next())
                .context("there is no code in the picture: take it again, sharp and whole")?;
            Ok(vec![code.to_owned()])
        }
        Ok(FileContent::Pass(_) | FileContent::Wallet { .. } | FileContent::Locked) => {
            bail!("this is for the wallet and not a signed document: use anban import")
        }
        Err(FileTrouble::Unreadable) => bail!("the file can't be read: see that it is there and that you may"),
        Err(FileTrouble::Empty) => bail!("there is nothing in it: give the document's text or picture"),
        Err(FileTrouble::TooLarge) => bail!("it is larger than any document: give a smaller picture"),
        Err(FileTrouble::WrongKind | FileTrouble::WrongPassphrase | FileTrouble::CannotUnlock) => {
            bail!("it is neither text nor a picture that can be read")
        }
    }
}
