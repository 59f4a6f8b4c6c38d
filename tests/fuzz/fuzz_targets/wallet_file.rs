//! A fuzz target; `anban_fuzz::wallet_file` says what it is for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    anban_fuzz::wallet_file(bytes);
});
