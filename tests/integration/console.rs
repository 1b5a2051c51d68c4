//! The Harver Admin's console over HTTP: the real router, a browser's cookies, forms found on the pages.

mod browser;
mod credentials;
mod orders;
mod sign_in;
mod world;
