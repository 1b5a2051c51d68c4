//! The way of a contract through all commands.
