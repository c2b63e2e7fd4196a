//! A shared HTTP/2 connection, opened on demand and replaced when it ends.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ::http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::sync::watch;

use super::body::Sending;
use super::connect::Connector;
use super::connection::{InUse, Usage, can_be_used, drive};
use super::failure::{failure, never_sent};
use super::frames::Watched;
use super::pool::Tasks;
use super::socket::Socket;
use super::{HttpSettings, MAX_HEADER_BYTES, STALE_CONNECTIONS};
use crate::Error;
use crate::call::Attempt;

/// The flow-control window of a connection. It is so large that only the windows of the streams (2
/// MiB each) limit responses: a call that is not polled does not delay other calls on the
/// connection.
const CONNECTION_WINDOW: u32 = 1 << 30;

/// At most one connection at a time.
pub(super) struct Http2 {
    connector: Connector,
    settings: HttpSettings,
    tasks: Tasks,
    usage: Arc<Usage>,
    state: Arc<Mutex<Option<State>>>,
}

#[derive(Clone)]
enum State {
    /// A task opens it, independently of the call that started it.
    Opening(Opening),
    Open(Connection),
}

type Opening = watch::Receiver<Option<Result<Connection, Error>>>;

#[derive(Clone)]
struct Connection {
    sender: SendRequest<Sending>,
    socket: Socket,
}

impl Http2 {
    pub fn new(connector: Connector, settings: HttpSettings, tasks: Tasks) -> Self {
        Self {
            connector,
            settings,
            tasks,
            usage: Usage::new(),
            state: Arc::default(),
        }
    }

    /// How many calls use it.
    pub fn calls(&self) -> usize {
        self.usage.calls()
    }

    /// Sends a request. A request that was never written, because the connection had ended, is sent
    /// on another. The connection is in use until what comes with the response is dropped.
    pub async fn request(
        &self,
        mut request: Request<Sending>,
        must_not_repeat: bool,
        attempt: &Attempt,
    ) -> Result<(Response<Incoming>, InUse), Error> {
        let in_use = self.usage.begin();
        let mut reason = None;
        for _ in 0..STALE_CONNECTIONS {
            let mut connection = self.connection(must_not_repeat).await?;
            attempt.writes(true);
            match connection.sender.try_send_request(request).await {
                Ok(response) => return Ok((response, in_use)),
                Err(mut error) => match error.take_message() {
                    // Another connection would be rejected as well.
                    Some(_) if connection.socket.rejection().is_some() => {
                        return Err(failure(error.into_error(), &connection.socket));
                    }
                    Some(unsent) => request = unsent,
                    None => return Err(failure(error.into_error(), &connection.socket)),
                },
            }
            attempt.writes(false);
            self.discard(&connection);
            reason = Some(connection.socket);
        }
        Err(never_sent(reason.as_ref()))
    }

    async fn connection(&self, must_not_repeat: bool) -> Result<Connection, Error> {
        loop {
            let mut opening = match self.state() {
                State::Opening(opening) => opening,
                State::Open(connection) => {
                    let closed = || connection.sender.is_closed();
                    // Without this call.
                    let others = || self.calls().saturating_sub(1);
                    if can_be_used(&connection.socket, others, closed, must_not_repeat).await {
                        return Ok(connection);
                    }
                    self.discard(&connection);
                    continue;
                }
            };
            if let Ok(result) = opening.wait_for(Option::is_some).await
                && let Some(result) = &*result
            {
                return result.clone();
            }
            // The task ended without a result.
            self.forget(&opening);
        }
    }

    /// Starts to open the connection if there is none.
    pub fn open(&self) {
        self.state();
    }

    /// The connection. Opens it if there is none.
    fn state(&self) -> State {
        let mut state = self.lock();
        if let Some(state) = &*state {
            return state.clone();
        }
        let (sender, opening) = watch::channel(None);
        *state = Some(State::Opening(opening.clone()));
        let connect = connect(
            self.connector.clone(),
            self.settings.clone(),
            self.tasks.clone(),
            self.usage.clone(),
        );
        let (state, ours) = (self.state.clone(), opening.clone());
        self.tasks.spawn(async move {
            let result = connect.await;
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if is_opening(&state, &ours) {
                *state = result.as_ref().ok().cloned().map(State::Open);
            }
            drop(state);
            sender.send_replace(Some(result));
        });
        State::Opening(opening)
    }

    fn discard(&self, connection: &Connection) {
        let mut state = self.lock();
        if matches!(&*state, Some(State::Open(open)) if open.socket.is_same(&connection.socket)) {
            *state = None;
        }
    }

    fn forget(&self, opening: &Opening) {
        let mut state = self.lock();
        if is_opening(&state, opening) {
            *state = None;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<State>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_opening(state: &Option<State>, opening: &Opening) -> bool {
    matches!(state, Some(State::Opening(other)) if other.same_channel(opening))
}

async fn connect(
    connector: Connector,
    settings: HttpSettings,
    tasks: Tasks,
    usage: Arc<Usage>,
) -> Result<Connection, Error> {
    let (stream, socket) = connector.connect().await?;
    let watched = TokioIo::new(Watched::new(TokioIo::new(stream), socket.clone()));
    let (sender, connection) = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(settings.keep_alive_interval)
        .keep_alive_timeout(settings.keep_alive_timeout)
        .keep_alive_while_idle(true)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_header_list_size(MAX_HEADER_BYTES)
        .handshake(watched)
        .await
        .map_err(|error| failure(error, &socket))?;
    tasks.spawn(drive(connection, usage));
    Ok(Connection { sender, socket })
}
