#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| icims_sandbox::fuzzing::control_body(bytes));
