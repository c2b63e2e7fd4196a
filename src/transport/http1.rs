//! A pool of HTTP/1.1 connections, each with one request at a time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::{Request, Response, header};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};

use super::body::Sending;
use super::connect::{Connector, certificate_rejected};
use super::connection::{InUse, Usage, can_be_used, drive};
use super::failure::{failure, never_sent};
use super::pool::Tasks;
use super::socket::Socket;
use super::{HttpSettings, STALE_CONNECTIONS, interim};
use crate::Error;
use crate::call::Attempt;

/// The maximum number of headers of a response.
const MAX_HEADERS: usize = 1024;

/// The connections of a runtime.
pub(super) struct Http1 {
    connector: Connector,
    settings: HttpSettings,
    tasks: Tasks,
    /// Idle connections; the last used one at the end.
    idle: Arc<Mutex<Vec<Connection>>>,
}

struct Connection {
    sender: SendRequest<Sending>,
    socket: Socket,
    usage: Arc<Usage>,
}

impl Http1 {
    pub fn new(connector: Connector, settings: HttpSettings, tasks: Tasks) -> Self {
        Self {
            connector,
            settings,
            tasks,
            idle: Arc::default(),
        }
    }

    /// Sends a request, of which the URI is path and query. A request that was never written, because
    /// the connection had ended, is sent on another.
    pub async fn request(
        &self,
        mut request: Request<Sending>,
        attempt: &Attempt,
    ) -> Result<Response<Incoming>, Error> {
        request
            .headers_mut()
            .insert(header::HOST, self.settings.host.clone());
        let mut reason = None;
        for _ in 0..STALE_CONNECTIONS {
            let mut connection = match self.idle_connection().await {
                Some(connection) => connection,
                None => self.connect().await?,
            };
            let in_use = connection.usage.begin();
            let socket = connection.socket.clone();
            interim::limit(&mut request, &socket);
            attempt.writes(true);
            match connection.sender.try_send_request(request).await {
                Ok(response) => {
                    self.give_back(connection, in_use);
                    return Ok(response);
                }
                Err(mut error) => match error.take_message() {
                    // Another connection would be rejected as well.
                    Some(_) if certificate_rejected(error.error()).is_some() => {
                        return Err(failure(error.into_error(), &socket));
                    }
                    Some(unsent) => request = unsent,
                    None => return Err(failure(error.into_error(), &socket)),
                },
            }
            attempt.writes(false);
            reason = Some(socket);
        }
        Err(never_sent(reason.as_ref()))
    }

    /// An idle connection that can be used.
    async fn idle_connection(&self) -> Option<Connection> {
        loop {
            let connection = self.lock().pop()?;
            let closed = || !connection.sender.is_ready();
            // Without pings, a connection without recent I/O is not used for any call.
            if can_be_used(&connection.socket, || 0, closed, true).await {
                return Some(connection);
            }
        }
    }

    async fn connect(&self) -> Result<Connection, Error> {
        let (stream, socket) = self.connector.connect().await?;
        let (sender, connection) = Builder::new()
            .max_headers(MAX_HEADERS)
            .handshake(stream)
            .await
            .map_err(|error| failure(error, &socket))?;
        let usage = Usage::new();
        self.tasks.spawn(drive(connection, usage.clone()));
        Ok(Connection {
            sender,
            socket,
            usage,
        })
    }

    /// Returns the connection to the pool when the response has been read.
    fn give_back(&self, mut connection: Connection, in_use: InUse) {
        let idle = Arc::downgrade(&self.idle);
        self.tasks.spawn(async move {
            if connection.sender.ready().await.is_ok() {
                drop(in_use);
                if let Some(idle) = idle.upgrade() {
                    let mut idle = idle.lock().unwrap_or_else(PoisonError::into_inner);
                    idle.retain(|other| !other.sender.is_closed());
                    idle.push(connection);
                }
            }
        });
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
