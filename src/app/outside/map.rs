//! Handing an address to the system's map.

use super::desktop;

/// Opens the map at `address`, as a `geo:` address (RFC 5870) with the question that map programs take for a place whose
/// coordinates nobody has given. `false` where this machine has no map.
pub fn show(address: &str) -> bool {
    if address.trim().is_empty() || !desktop::somebody_opens("x-scheme-handler/geo") {
        return false;
    }
    open::that_detached(uri(address))
        .inspect_err(|error| tracing::warn!(%error, "the system did not take the address"))
        .is_ok()
}

fn uri(address: &str) -> String {
    format!("geo:0,0?q={}", escaped(address))
}

/// Everything but letters and digits of ASCII as percent and bytes (RFC 3986, 2.1).
pub(super) fn escaped(text: &str) -> String {
    let mut uri = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_bring_nothing_but_itself_into_the_uri() {
        assert_eq!(uri("北街 1&z=9"), "geo:0,0?q=%E5%8C%97%E8%A1%97%201%26z%3D9");
        assert!(!show("  "));
    }
}
