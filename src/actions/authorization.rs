//! Authorization links, and verification of the user after consent.

use crate::builder::{
    account_request, may_be_idempotent, owner_setters, rpc_builder, text_setters,
};
use crate::model::not_blank;
use crate::raw::connected_accounts as wire;
use crate::{AccountRef, AuthorizationLink, Error, VerifiedUser};

rpc_builder! {
    /// Returns a link with which a user authorizes an account.
    ///
    /// The link works once, for a short time. An account that does not exist yet is created with
    /// the status [`PendingAuth`](crate::AccountStatus::PendingAuth). After the user has consented,
    /// the browser is redirected to [`user_verify_url`](Self::user_verify_url) with the query
    /// parameters `auth_request_id` and `state`. Verify the user there with
    /// [`verify_connected_account_user`](crate::actions::Actions::verify_connected_account_user).
    ///
    /// Not retried after a failure that leaves open whether a link was created: each call creates a
    /// new link.
    ///
    /// ```no_run
    /// # async fn run(client: scalekit::Client) -> Result<(), scalekit::Error> {
    /// let link = client
    ///     .actions()
    ///     .get_authorization_link(("gmail", "alice@example.com"))
    ///     .user_verify_url("https://app.example.com/connected")
    ///     .state("opaque-to-the-service")
    ///     .await?;
    /// println!("open {}", link.link);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `InvalidInput` if the account reference is blank or the URL is not an http one; `NotFound`
    /// when there is no such connection, or no account with that id. Also the errors of every call.
    GetAuthorizationLink(account: AccountRef) -> AuthorizationLink,
    rpc: GET_AUTHORIZATION_LINK(wire::GetMagicLinkForConnectedAccountRequest)
        -> wire::GetMagicLinkForConnectedAccountResponse,
    request: Ok(
        account_request!(account => wire::GetMagicLinkForConnectedAccountRequest { id })
    ),
    response: AuthorizationLink::from_wire,
}
may_be_idempotent!(GetAuthorizationLink);
owner_setters!(GetAuthorizationLink, 32);
text_setters!(GetAuthorizationLink {
    /// Returned unchanged as a query parameter of the verification URL; at most 512 characters. Set
    /// an unguessable value and compare it, so that nobody can pass another authorization to your
    /// user.
    state => [state];
});

impl GetAuthorizationLink {
    /// The page of your application that verifies the user after consent: an http or https URL of
    /// at most 2048 characters. Without it, environments that only allow Scalekit's own users
    /// activate the account at once.
    pub fn user_verify_url(mut self, url: impl Into<String>) -> Self {
        let url = url.into();
        let checked = match url.parse::<http::Uri>() {
            Ok(parsed) if matches!(parsed.scheme_str(), Some("http" | "https")) => Ok(url),
            _ => Err(Error::invalid_input(
                "user_verify_url",
                "must be an http or https URL",
            )),
        };
        self.call.request.user_verify_url = self.call.check(checked);
        self
    }
}

rpc_builder! {
    /// Verifies which user consented, which activates the account.
    ///
    /// `auth_request_id` is the query parameter of the verification URL. `identifier` must come
    /// from your application, for example from the user's session, never from the URL: this check
    /// prevents one user from connecting an account for another.
    ///
    /// Not retried after a failure that leaves open whether it took effect: a request can be
    /// verified only once.
    ///
    /// # Errors
    /// `InvalidInput` when one of the two is blank; `Forbidden` when the identifier is not the one
    /// that the link was made for; `NotFound` when the request is unknown or already used. Also the
    /// errors of every call.
    VerifyConnectedAccountUser(auth_request_id: String, identifier: String) -> VerifiedUser,
    rpc: VERIFY_CONNECTED_ACCOUNT_USER(wire::VerifyConnectedAccountUserRequest)
        -> wire::VerifyConnectedAccountUserResponse,
    request: Ok(wire::VerifyConnectedAccountUserRequest {
        auth_request_id: not_blank("auth_request_id", auth_request_id)?,
        identifier: not_blank("identifier", identifier)?,
    }),
    response: |response| Ok(VerifiedUser {
        post_user_verify_redirect_url: response.post_user_verify_redirect_url,
    }),
}
may_be_idempotent!(VerifyConnectedAccountUser);
