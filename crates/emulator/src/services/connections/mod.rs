//! ConnectionService: the AgentKit view, and the management of such connections.
//!
//! Login connections (OIDC, SAML and so on) are another product. Creating one is unimplemented.

mod lists;
mod manage;
mod scope;

pub(crate) use lists::{list, list_app, list_of_organizations, search_of_organizations};
pub(crate) use manage::{
    create_in_environment, create_in_organization, delete, disable, enable, get,
    update_in_environment, update_in_organization,
};
