//! The console over HTTP: the real router, a browser's cookies, forms found on the pages.

mod announced;
mod browser;
mod credentials;
mod elsewhere;
mod enabling;
mod general;
mod history;
mod inbound;
mod integration_menu;
mod invitation;
mod kept_forms;
mod order_actions;
mod orders;
mod parked;
mod refused;
mod roles;
mod sections;
mod sign_in;
mod tokens;
mod too_often;
mod world;
