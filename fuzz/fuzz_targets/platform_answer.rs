#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harver_icims::fuzzing::platform_answer(bytes));
