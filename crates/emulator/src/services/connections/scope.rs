//! Which connection a request names: one of the environment, or one of an organization.

use scalekit::raw::connections as api;

use crate::state::ConnectionRecord;

/// The connections of the environment, or of one organization.
#[derive(Clone, Copy)]
pub(super) enum Scope<'a> {
    Environment,
    Organization(&'a str),
}

impl Scope<'_> {
    pub(super) fn covers(self, connection: &ConnectionRecord) -> bool {
        match self {
            Scope::Environment => connection.spec.organization_id.is_none(),
            Scope::Organization(id) => connection.spec.organization_id.as_deref() == Some(id),
        }
    }
}

/// A request that names one connection by id.
pub(crate) trait ConnectionRequest {
    fn organization_id(&self) -> Option<&str>;
    fn connection_id(&self) -> &str;
}

macro_rules! in_environment {
    ($($request:ident),*) => {$(
        impl ConnectionRequest for api::$request {
            fn organization_id(&self) -> Option<&str> {
                None
            }

            fn connection_id(&self) -> &str {
                &self.connection_id
            }
        }
    )*};
}

macro_rules! in_organization {
    ($($request:ident),*) => {$(
        impl ConnectionRequest for api::$request {
            fn organization_id(&self) -> Option<&str> {
                Some(&self.organization_id)
            }

            fn connection_id(&self) -> &str {
                &self.id
            }
        }
    )*};
}

in_environment!(
    GetEnvironmentConnectionRequest,
    UpdateEnvironmentConnectionRequest,
    DeleteEnvironmentConnectionRequest,
    ToggleEnvironmentConnectionRequest
);
in_organization!(
    GetConnectionRequest,
    UpdateConnectionRequest,
    DeleteConnectionRequest,
    ToggleConnectionRequest
);
