//! A fuzz target; `anban_fuzz::trust_list_content` says what it is for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    anban_fuzz::trust_list_content(bytes);
});
