//! Signed documents: issuing, reading and checking them, with no network and no clock.
//!
//! Anban shows a health code, prints a certificate or carries an appointment slip as *one* kind
//! of thing: a document that somebody signed. Anyone who holds the public keys of the signers
//! can check it, on any device, with the network gone. This crate is where that happens, and
//! all of it is pure: bytes in, answers out. The time is handed in, and so is randomness where
//! a key is made or used.
//!
//! Three kinds of text are known ([`Format`]): our own documents (`AB1:`), EU Digital COVID
//! Certificates (`HC1:`), and SMART Health Cards (`shc:/`), which this version recognises and
//! says that it cannot read. `docs/documents.md` has the claims of our own kind, key by key.
//!
//! A text is peeled in layers, each with its own module and its own line in the report:
//!
//! ```text
//! "AB1:6BF…"  envelope   prefix, base45 (RFC 9285), zlib with a cap on what comes out
//!             cbor       strict CBOR: depth capped, no claim twice
//!             cose       COSE_Sign1 (RFC 9052): whose key, which algorithm, the signature
//!             document   the CWT (RFC 8392) inside, as a [`Document`]
//!             claims     our own content · eu_dcc, eu_dcc_schema: the EU's
//!             verify     all checks together, as a [`Verification`]
//! ```
//!
//! Keys are in [`keys`] (and read from files by `signers`), trust lists and revocation in
//! `trust_list` and `trust`, signing in `issuer`. Begin with [`read`] and [`verify`].
//!
//! Symbols (QR codes) are no concern of this crate: it takes and gives the text in them.
//!
//! # What a stranger's text cannot do
//!
//! The sizes of a text, of what it unpacks to and of a file of keys are capped, and so is nesting; a claim that
//! stands twice is refused, and no input makes it panic; property tests beside the code try.
//! No error holds anything of the document's content.

#![forbid(unsafe_code)]

mod cbor;
mod claims;
mod claims_cbor;
mod cose;
mod document;
pub mod envelope;
pub mod eu_dcc;
mod eu_dcc_schema;
mod issuer;
pub mod keys;
#[cfg(test)]
mod scenarios;
mod signers;
mod signing_key;
mod trust;
mod trust_list;
mod trust_list_cbor;
mod verify;

pub use claims::{Claims, ClaimsError, DocumentId, Health, IdentityDocument, Kind, Person, Sex, Status};
pub use document::{Document, Format, ReadError, read};
pub use issuer::{IssueError, Issuer};
pub use keys::{KeyError, KeyId, PublicKey, RootKey};
pub use signers::{Signer, Signers};
pub use signing_key::SigningKey;
pub use trust::{Accepted, Trust, TrustStore};
pub use trust_list::{TrustError, TrustList, TrustListBuilder};
pub use verify::{Check, Checks, DocumentState, Failure, Verification, check_text, verify};
