//! A fuzz target; `anban_fuzz::copy_of_everything` says what it is for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    anban_fuzz::copy_of_everything(bytes);
});
