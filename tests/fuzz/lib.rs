//! What the fuzz targets do with their bytes.
//!
//! Everything that comes in from outside (a code that was scanned, a file, a hub's or a printer's answer, a line of
//! a script) is read by some parser, and each parser has a function here that feeds it bytes nobody meant. A function
//! panics where something is wrong: because the parser did, or because what it gave breaks a promise, such as a
//! document that is believed though nobody signed it.
//!
//! `cargo fuzz` looks for such bytes (`fuzz_targets/`, one file a target, each no more than a call), and keeps those
//! that lead to new places in the code in `corpus/TARGET/`. What it kept is run again by `replay.rs` in every
//! `make test`. Both go by [`TARGETS`]. It begins with [`seeds`], which our own code makes. `docs/fuzzing.md` says how to fuzz, and how to add a target.

#[path = "../../src/app/outside/aztec.rs"]
mod aztec;
mod cards;
mod documents;
mod hub;
mod person;
#[allow(dead_code, reason = "the app uses more of it than is read here")]
#[path = "../../src/app/outside/pictures.rs"]
mod pictures;
pub mod seeds;

/// A target: what it is called, the most bytes that its parser is given, and what it does with them.
pub struct Target {
    /// The name of its file in `fuzz_targets/` and of its folder in `corpus/`.
    pub name: &'static str,
    /// Longer input only repeats what shorter input has shown, or is refused by a cap at once.
    pub longest: usize,
    /// Feeds it the bytes; says whether they were what the parser is there for.
    pub run: fn(&[u8]) -> bool,
}

macro_rules! targets {
    ($($(#[$about:meta])* $name:ident: $longest:expr => $run:expr,)*) => {
        /// All targets.
        pub const TARGETS: &[Target] = &[$(Target { name: stringify!($name), longest: $longest, run: $name },)*];

        $(
            $(#[$about])*
            pub fn $name(bytes: &[u8]) -> bool {
                $run(bytes)
            }
        )*
    };
}

targets! {
    /// The text of a signed document of any kind, as it was scanned, typed or pasted.
    document_text: 4_400 => documents::text,
    /// The signed message inside a document's text, wrapped again so that the outer layers let it through.
    document_message: 4_096 => documents::message,
    /// The claims of a document, signed by somebody who is believed.
    document_claims: 4_096 => documents::claims,
    /// The payload of a SMART Health Card, with everything around it that makes it one.
    health_card_payload: 4_096 => documents::health_card_payload,
    /// The parts of a SMART Health Card, one a line.
    health_card_parts: 4_400 => documents::health_card_parts,
    /// An issuer's list of the cards that it has taken back.
    card_revocations: 4_096 => documents::card_revocations,
    /// A trust list's bytes as a hub sends them.
    trust_list: 4_096 => documents::trust_list,
    /// What a trust list says, signed by the region's root.
    trust_list_content: 4_096 => documents::trust_list_content,
    /// A file of signers.
    signers_file: 8_192 => documents::signers_file,
    /// A pass file, or a bundle of them.
    pass_archive: 8_192 => cards::archive,
    /// What stands in a pass: its `pass.json`, then a line `---`, then its `pass.strings`.
    pass_content: 4_096 => cards::content,
    /// A list of cards that another app has exported.
    catima_list: 8_192 => cards::list,
    /// A wallet's `wallet.json`, with everything around it that makes it a file to take in.
    wallet_file: 8_192 => person::wallet_file,
    /// A picture in which codes are looked for.
    picture: 4_096 => codes,
    /// A copy of everything that is taken over from another device.
    copy_of_everything: 16_384 => person::copy_of_everything,
    /// Lines of commands, as `anban headless` reads them.
    headless_lines: 8_192 => person::headless_lines,
    /// What a person types into a field: the first byte chooses the field.
    typed_text: 512 => person::typed_text,
    /// A resident identity number.
    identity_number: 64 => hub::identity_number,
    /// A FHIR resource from a hub.
    fhir_answer: 16_384 => hub::fhir_answer,
    /// A request as a hub reads it: parameters as JSON, or a query.
    fhir_request: 8_192 => hub::fhir_request,
    /// Any answer of a hub: two bytes for the status, then the body.
    hub_answer: 16_384 => hub::answer,
    /// What an IPP printer answers.
    printer_answer: 4_096 => anban_print::fuzz::ipp_answer,
    /// What a receipt printer answers.
    receipt_printer_answer: 64 => anban_print::fuzz::receipt_answers,
    /// The address of a printer or a hub.
    addresses: 512 => hub::addresses,
}

fn codes(bytes: &[u8]) -> bool {
    let Ok(codes) = pictures::codes(bytes) else {
        return false;
    };
    assert!(pictures::is_picture(bytes), "codes were read from what is no picture");
    !codes.is_empty()
}
