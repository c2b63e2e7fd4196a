//! Authorization links, and verification of the user after consent.

use crate::call::{Call, call_builder, may_be_idempotent, operations, owner_setters, text_setters};
use crate::model::not_blank;
use crate::raw::connected_accounts as wire;
use crate::{AccountRef, AuthorizationLink, Client, Error, VerifiedUser};

call_builder! {
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
    GetAuthorizationLink(wire::GetMagicLinkForConnectedAccountRequest) -> AuthorizationLink
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
    pub(super) fn new(client: &Client, account: AccountRef) -> Self {
        let request =
            account
                .into_fields()
                .map(|account| wire::GetMagicLinkForConnectedAccountRequest {
                    connector: account.connector,
                    identifier: account.identifier,
                    id: account.id,
                    ..Default::default()
                });
        Self {
            call: Call::checked(client, request),
        }
    }

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

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<AuthorizationLink, Error> {
        let operation = &operations::GET_AUTHORIZATION_LINK;
        let response = self.call.unary(operation).await?;
        AuthorizationLink::from_wire(response).map_err(|error| error.with_call(operation.name))
    }
}

call_builder! {
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
    VerifyConnectedAccountUser(wire::VerifyConnectedAccountUserRequest) -> VerifiedUser
}
may_be_idempotent!(VerifyConnectedAccountUser);

impl VerifyConnectedAccountUser {
    pub(super) fn new(client: &Client, auth_request_id: String, identifier: String) -> Self {
        let request = not_blank("auth_request_id", auth_request_id).and_then(|auth_request_id| {
            let identifier = not_blank("identifier", identifier)?;
            Ok(wire::VerifyConnectedAccountUserRequest {
                auth_request_id,
                identifier,
            })
        });
        Self {
            call: Call::checked(client, request),
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See the type.
    pub async fn send(self) -> Result<VerifiedUser, Error> {
        let response: wire::VerifyConnectedAccountUserResponse = self
            .call
            .unary(&operations::VERIFY_CONNECTED_ACCOUNT_USER)
            .await?;
        Ok(VerifiedUser {
            post_user_verify_redirect_url: response.post_user_verify_redirect_url,
        })
    }
}
