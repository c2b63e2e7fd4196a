//! Control over the TCP connection that a call arrived on.

use tokio::sync::watch;

/// What a connection is told to do. A later variant overrides an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ConnectionCommand {
    Serve,
    GoAway,
    Close,
    BlackHole,
}

/// A call's handle on its connection.
#[derive(Clone)]
pub(crate) struct ConnectionHandle(watch::Sender<ConnectionCommand>);

impl ConnectionHandle {
    pub(crate) fn new() -> (Self, watch::Receiver<ConnectionCommand>) {
        let (sender, commands) = watch::channel(ConnectionCommand::Serve);
        (ConnectionHandle(sender), commands)
    }

    /// Lets the calls in flight end and accepts no new ones.
    pub(crate) fn go_away(&self) {
        self.command(ConnectionCommand::GoAway);
    }

    /// Closes the connection at once.
    pub(crate) fn close(&self) {
        self.command(ConnectionCommand::Close);
    }

    /// Keeps the connection open without reading or writing.
    pub(crate) fn black_hole(&self) {
        self.command(ConnectionCommand::BlackHole);
    }

    fn command(&self, command: ConnectionCommand) {
        self.0.send_if_modified(|current| {
            let overrides = *current < command;
            if overrides {
                *current = command;
            }
            overrides
        });
    }
}
