//! What the names of broken cards tell: the fault, and where the report has to say so.

use anban_credential::{CardError, CardSchemaError, Check, Checks, Failure, ReadError};

/// Why a card has to be refused, and how the report says so.
pub type Fault = (&'static str, fn(&Checks) -> bool);

fn unreadable(check: Check, is: fn(CardError) -> bool) -> bool {
    matches!(check, Check::Failed(Failure::Unreadable(ReadError::SmartHealthCard(error))) if is(error))
}

/// The faults that names tell, each under the piece of the name that tells it. The first that fits counts.
pub const FAULTS: [(&str, Fault); 30] = [
    (
        "invalid-signature",
        ("the signature is wrong", |checks| {
            checks.signature == Check::Failed(Failure::BadSignature)
        }),
    ),
    (
        "issuer-not-valid-with-smart-key",
        ("the key is another issuer's", |checks| {
            checks.signature == Check::Ok && checks.purpose == Check::Failed(Failure::OtherIssuer)
        }),
    ),
    (
        "kid-mismatch",
        ("the key is none of the issuer's", |checks| {
            checks.signature == Check::Failed(Failure::UnknownSigner)
        }),
    ),
    (
        "der-signature",
        ("the signature is in DER", |checks| {
            unreadable(checks.signature, |error| error == CardError::SignatureForm)
        }),
    ),
    (
        "no_jws_header_alg",
        ("the header has no alg", |checks| {
            unreadable(checks.signature, |error| error == CardError::Algorithm)
        }),
    ),
    (
        "wrong_jws_header_alg",
        ("the header has another alg", |checks| {
            unreadable(checks.signature, |error| error == CardError::Algorithm)
        }),
    ),
    (
        "no_jws_header_kid",
        ("the header has no kid", |checks| {
            unreadable(checks.signature, |error| error == CardError::KeyId)
        }),
    ),
    (
        "no_jws_header_zip",
        ("the header has no zip", |checks| {
            unreadable(checks.inflate, |error| error == CardError::NotCompressed)
        }),
    ),
    (
        "wrong_jws_header_kid",
        ("the kid is no key of the issuer's", |checks| {
            checks.signature == Check::Failed(Failure::UnknownSigner)
        }),
    ),
    (
        "no_deflate",
        ("the payload is not compressed", |checks| {
            matches!(checks.inflate, Check::Failed(_))
        }),
    ),
    (
        "invalid_deflate",
        ("the payload is not raw deflate", |checks| {
            matches!(
                checks.inflate,
                Check::Failed(Failure::Unreadable(ReadError::Envelope(_)))
            )
        }),
    ),
    (
        "trailing_chars",
        ("white space stands around it", |checks| {
            unreadable(checks.encoding, |error| error == CardError::Surrounded)
        }),
    ),
    (
        "utf8_bom",
        ("the payload is no JSON", |checks| {
            matches!(checks.schema, Check::Failed(Failure::Unreadable(ReadError::Content(_))))
        }),
    ),
    (
        "invalid_issuer_url_http",
        ("the issuer is not an https URL", |checks| {
            only_schema(checks, CardSchemaError::Issuer)
        }),
    ),
    (
        "trailing_slash",
        ("the issuer has a slash at its end", |checks| {
            only_schema(checks, CardSchemaError::Issuer)
        }),
    ),
    (
        "invalid_issuer_url",
        ("the issuer has no such key", |checks| {
            checks.purpose == Check::Failed(Failure::OtherIssuer)
                || checks.signature == Check::Failed(Failure::UnknownSigner)
        }),
    ),
    // Since version 1.2.3 a card in a file may be as long as it likes. This one's payload is of an older version.
    (
        "jws_too_long",
        ("there is no nbf, and the length is no fault in a file", |checks| {
            checks.encoding == Check::Ok && checks.schema == Check::Failed(Failure::Card(CardSchemaError::NotBefore))
        }),
    ),
    (
        "multi-jws-issues",
        ("one of its cards is broken", |checks| {
            [checks.encoding, checks.signature]
                .iter()
                .any(|check| matches!(check, Check::Failed(_)))
        }),
    ),
    (
        "index-out-of-range",
        ("there is no such part", |checks| {
            unreadable(checks.prefix, |error| matches!(error, CardError::PartOutOfRange { .. }))
        }),
    ),
    (
        "wrong-multi-chunk",
        ("a single code has part numbers", |checks| {
            unreadable(checks.prefix, |error| error == CardError::OnlyPart)
        }),
    ),
    (
        "wrong_qr_header",
        ("the code begins wrongly", |checks| {
            matches!(checks.prefix, Check::Failed(_))
        }),
    ),
    (
        "odd-count",
        ("the number of digits is odd", |checks| {
            unreadable(checks.encoding, |error| error == CardError::OddDigits)
        }),
    ),
    (
        "number-too-big",
        ("two digits stand for no character", |checks| {
            unreadable(checks.encoding, |error| error == CardError::NoCharacter)
        }),
    ),
    (
        "chunk_too_big",
        ("a code holds too much", |checks| {
            unreadable(checks.encoding, |error| matches!(error, CardError::SymbolTooLong(_)))
        }),
    ),
    (
        "nbf_not_yet_valid",
        ("it does not hold yet", |checks| {
            matches!(checks.validity, Check::Failed(Failure::NotYetValid(_)))
        }),
    ),
    (
        "milliseconds",
        ("a time is beyond the calendar", |checks| {
            checks.validity == Check::Failed(Failure::TimeOutOfRange)
        }),
    ),
    (
        "miliseconds",
        ("a time is beyond the calendar", |checks| {
            checks.validity == Check::Failed(Failure::TimeOutOfRange)
        }),
    ),
    (
        "expired",
        ("it does not hold any more", |checks| {
            matches!(checks.validity, Check::Failed(Failure::Expired(_)))
        }),
    ),
    (
        "missing-shc-vc-type",
        ("it is not called a health card", |checks| {
            only_schema(checks, CardSchemaError::Type)
        }),
    ),
    (
        "revoked",
        ("its issuer has taken it back", |checks| {
            checks.validity == Check::Failed(Failure::Revoked)
        }),
    ),
];

/// The schema fails for this reason, and the signature is that of the issuer's key all the same.
fn only_schema(checks: &Checks, error: CardSchemaError) -> bool {
    checks.signature == Check::Ok && checks.schema == Check::Failed(Failure::Card(error))
}
