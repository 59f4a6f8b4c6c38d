//! A fuzz target; `anban_fuzz::pass_content` says what it is for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    anban_fuzz::pass_content(bytes);
});
