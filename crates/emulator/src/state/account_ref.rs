//! How requests name a connected account.

use super::records::AccountRecord;

/// A reference to an account: by id, or by connection and owner.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AccountRef<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) connector: Option<&'a str>,
    pub(crate) identifier: Option<&'a str>,
    pub(crate) organization_id: Option<&'a str>,
    pub(crate) user_id: Option<&'a str>,
}

impl<'a> AccountRef<'a> {
    /// Takes the five optional fields of a request. An empty field counts as absent.
    pub(crate) fn new(
        id: Option<&'a str>,
        connector: Option<&'a str>,
        identifier: Option<&'a str>,
        organization_id: Option<&'a str>,
        user_id: Option<&'a str>,
    ) -> Self {
        let non_empty = |value: Option<&'a str>| value.filter(|value| !value.is_empty());
        AccountRef {
            id: non_empty(id),
            connector: non_empty(connector),
            identifier: non_empty(identifier),
            organization_id: non_empty(organization_id),
            user_id: non_empty(user_id),
        }
    }

    /// The account of an identifier on a connection.
    pub(crate) fn on_connection(connection: &'a str, identifier: &'a str) -> Self {
        AccountRef::new(None, Some(connection), Some(identifier), None, None)
    }

    /// Whether the request names the owner of the account.
    pub(crate) fn has_owner(&self) -> bool {
        self.identifier.is_some() || self.organization_id.is_some() || self.user_id.is_some()
    }

    /// Whether `account` belongs to the named owner, on any connection.
    pub(crate) fn covers(&self, account: &AccountRecord) -> bool {
        let same = |asked: Option<&str>, has: Option<&str>| asked.is_none() || asked == has;
        same(self.identifier, Some(&account.identifier))
            && same(self.organization_id, account.organization_id.as_deref())
            && same(self.user_id, account.user_id.as_deref())
    }

    /// The owner, for messages.
    pub(crate) fn owner(&self) -> String {
        let mut parts = Vec::new();
        if let Some(identifier) = self.identifier {
            parts.push(format!("identifier \"{identifier}\""));
        }
        if let Some(organization) = self.organization_id {
            parts.push(format!("organization \"{organization}\""));
        }
        if let Some(user) = self.user_id {
            parts.push(format!("user \"{user}\""));
        }
        parts.join(", ")
    }
}
