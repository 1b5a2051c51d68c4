//! A load balancer: each connection goes to the next replica that is in the rotation.

use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

#[derive(Clone)]
pub(crate) struct Balancer {
    pub(crate) port: u16,
    rotation: Arc<Mutex<Vec<u16>>>,
}

impl Balancer {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let balancer = Self { port: listener.local_addr().expect("an address").port(), rotation: Arc::default() };
        let serving = balancer.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let serving = serving.clone();
                // Who is killed hangs up in the middle, which its clients are to see.
                tokio::spawn(async move { drop(serving.serve(client).await) });
            }
        });
        balancer
    }

    pub(crate) fn put_in(&self, port: u16) {
        self.rotation.lock().expect("no panic elsewhere").push(port);
    }

    /// No new connection goes there; those that are open stay.
    pub(crate) fn take_out(&self, port: u16) {
        self.rotation.lock().expect("no panic elsewhere").retain(|other| *other != port);
    }

    async fn serve(&self, mut client: TcpStream) -> std::io::Result<()> {
        let next = {
            let mut rotation = self.rotation.lock().expect("no panic elsewhere");
            if !rotation.is_empty() {
                rotation.rotate_left(1);
            }
            rotation.last().copied().ok_or(std::io::ErrorKind::ConnectionRefused)?
        };
        let mut replica = TcpStream::connect(("127.0.0.1", next)).await?;
        client.set_nodelay(true)?;
        replica.set_nodelay(true)?;
        copy_bidirectional(&mut client, &mut replica).await.map(drop)
    }
}
