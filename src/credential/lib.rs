//! Signed documents: issuing, reading and checking them, with no network and no clock.
//!
//! Anban shows a health code, prints a certificate or carries an appointment slip as *one* kind
//! of thing: a document that somebody signed. Anyone who holds the public keys of the signers
//! can check it, on any device, with the network gone. This crate is where that happens, and
//! all of it is pure: bytes in, answers out. The time is handed in, and so is randomness where
//! a key is made or used.
//!
//! Three kinds of text are known ([`Format`]): our own documents (`AB1:`), EU Digital COVID
//! Certificates (`HC1:`), and SMART Health Cards (`shc:/`, a JWS, or a file of them).
//! `docs/documents.md` has the claims of our own kind, key by key.
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
//! A SMART Health Card takes the same way in other dress: `shc` for the digits, parts and files
//! around it and for its payload, `jws` for header, raw deflate and signature, `json` for strict JSON.
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

mod base45;
mod cbor;
mod checks;
mod claims;
mod claims_cbor;
mod cose;
mod document;
pub mod envelope;
pub mod eu_dcc;
mod eu_dcc_schema;
mod issuer;
mod json;
mod jwk;
mod jws;
pub mod keys;
mod names;
#[cfg(test)]
mod scenarios;
mod several;
mod shc;
mod signers;
mod signing_key;
mod trust;
mod trust_list;
mod trust_list_cbor;
mod verify;

pub use checks::{Check, Checks, DocumentState, Failure};
pub use claims::{Claims, ClaimsError, DocumentId, Health, IdentityDocument, Kind, Person, Sex, Status};
pub use document::{Document, Format, ReadError, read, split};
pub use issuer::{IssueError, Issuer};
pub use keys::{KeyError, KeyId, PublicKey, RootKey};
pub use several::{check_text, check_texts};
pub use shc::{CardError, CardRevocations, CardSchemaError, MAX_PARTS, Parts, RevocationsError};
pub use signers::{CardUse, Signer, Signers};
pub use signing_key::SigningKey;
pub use trust::{Accepted, Trust, TrustStore};
pub use trust_list::{TrustError, TrustList, TrustListBuilder};
pub use verify::{Verification, verify};
