//! The double as a process, so that the official tool can be run against it.
//!
//! ```sh
//! cargo run -p broker-double -- --port 9292 --token secret
//! ```

use std::net::Ipv4Addr;

use anyhow::{Context, Result};
use clap::Parser;
use tokio::net::TcpListener;

/// A double of a Pact Broker's routes, for tests: no Pact Broker, and everything is forgotten at its end
#[derive(Debug, Parser)]
#[command(name = "broker-double")]
struct Arguments {
    /// The port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// The token that lets in; without one everybody is let in
    #[arg(long)]
    token: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await.context("listening")?;
    println!("http://{}", listener.local_addr().context("listening")?);
    broker_double::serve(listener, arguments.token.as_deref()).await
}
