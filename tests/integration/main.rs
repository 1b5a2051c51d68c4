//! One program in isolation: the integration with an in-memory store, its neighbours played by `wiremock`.

mod console;
