//! An outbound proxy that rejects, delays and cuts connections.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the proxy does with a `CONNECT` request.
enum ConnectFault {
    Refused,
    Closed,
    /// Cuts the connection during the `CONNECT` handshake.
    Late(Duration),
    /// A tunnel that lives this long and ends with FIN or RST.
    Tunnel(Duration, bool),
}

impl ConnectFault {
    fn draw(rng: &mut Rng) -> Self {
        match rng.u8(..100) {
            0..3 => ConnectFault::Refused,
            3..6 => ConnectFault::Closed,
            6..10 => ConnectFault::Late(Duration::from_millis(rng.u64(..300))),
            _ => ConnectFault::Tunnel(Duration::from_millis(rng.u64(20..1_500)), rng.bool()),
        }
    }
}

/// Serves until the runtime ends. Returns the URL.
pub async fn start(seed: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let rng = Arc::new(Mutex::new(Rng::with_seed(seed)));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let fault = ConnectFault::draw(&mut rng.lock().expect("a lock"));
            tokio::spawn(serve(client, fault));
        }
    });
    url
}

async fn serve(mut client: TcpStream, fault: ConnectFault) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    let head = String::from_utf8(head).expect("ASCII");
    let target: SocketAddr = head
        .split(' ')
        .nth(1)
        .and_then(|target| target.parse().ok())
        .expect("CONNECT to an address");
    match fault {
        ConnectFault::Refused => client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await,
        ConnectFault::Closed => Ok(()),
        ConnectFault::Late(delay) => {
            tokio::time::sleep(delay).await;
            Ok(())
        }
        ConnectFault::Tunnel(life, reset) => {
            let mut server = TcpStream::connect(target).await?;
            client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            let both = tokio::io::copy_bidirectional(&mut client, &mut server);
            if tokio::time::timeout(life, both).await.is_err() && reset {
                socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO))?;
            }
            Ok(())
        }
    }
}
