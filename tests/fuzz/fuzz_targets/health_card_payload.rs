//! A fuzz target; `anban_fuzz::health_card_payload` says what it is for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    anban_fuzz::health_card_payload(bytes);
});
