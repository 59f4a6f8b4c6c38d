//! An X.509 certificate around a key, put together in DER (ITU-T X.690) with everything in it that is looked at:
//! names, times, and what the key may sign. Its own signature is rubbish, since nobody checks that one.

/// One element: its tag, its length, its content.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap_or_default().to_be_bytes();
    let mut bytes = vec![tag];
    match length {
        [0, short @ 0..=127] => bytes.push(short),
        [0, long] => bytes.extend([0x81, long]),
        long => bytes.extend([[0x82].as_slice(), &long].concat()),
    }
    bytes.extend(content);
    bytes
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// ecdsa-with-SHA256 (RFC 5758).
const ES256: [u8; 8] = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
/// organizationName and commonName.
const NAMES: [[u8; 3]; 2] = [[0x55, 0x04, 0x0a], [0x55, 0x04, 0x03]];
/// extKeyUsage, and the purpose of the EU's test certificates: 1.3.6.1.4.1.1847.2021.1.1.
const EXTENDED_KEY_USAGE: [u8; 3] = [0x55, 0x1d, 0x25];
const MAY_SIGN_TESTS: [u8; 11] = [0x2b, 6, 1, 4, 1, 0x8e, 0x37, 0x8f, 0x65, 1, 1];

/// The certificate of the key with this SubjectPublicKeyInfo.
pub(super) fn der(spki: &[u8]) -> Vec<u8> {
    let algorithm = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&ES256])]);
    let name = element(
        SEQUENCE,
        &NAMES
            .map(|kind| {
                let pair = [element(OBJECT_IDENTIFIER, &[&kind]), element(0x0c, &[b"Anban"])];
                element(0x31, &[&element(SEQUENCE, &[&pair[0], &pair[1]])])
            })
            .each_ref()
            .map(Vec::as_slice),
    );
    let times = element(
        SEQUENCE,
        &[&element(0x17, &[b"260101000000Z"]), &element(0x17, &[b"281231235959Z"])],
    );
    let usage = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&MAY_SIGN_TESTS])]);
    let extension = element(
        SEQUENCE,
        &[
            &element(OBJECT_IDENTIFIER, &[&EXTENDED_KEY_USAGE]),
            &element(0x04, &[&usage]),
        ],
    );
    let version = element(0xa0, &[&[0x02, 1, 2]]);
    let extensions = element(0xa3, &[&element(SEQUENCE, &[&extension])]);
    let certificate = element(
        SEQUENCE,
        &[
            &version,
            &[0x02, 1, 7],
            &algorithm,
            &name,
            &times,
            &name,
            spki,
            &extensions,
        ],
    );
    element(SEQUENCE, &[&certificate, &algorithm, &element(0x03, &[&[0; 9]])])
}
