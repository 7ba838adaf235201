//! `getfqdn`: the qualified name of a host.

use bstr::{BString, ByteSlice};

use super::gethostby::{gethostbyaddr, gethostname};
use crate::error::{Class, Error, Result};

/// The fully qualified name of a host, or of this one where no name or an empty one is given.
///
/// Of the primary name and the aliases that [`gethostbyaddr`] reports, in this order, the first with a period
/// in it is the result; where none has one it is the primary name, and where the host is not found the name
/// that was looked up. Clauses: `getfqdn.omitted`, `getfqdn.empty`, `getfqdn.primary-first`,
/// `getfqdn.first-with-period`, `getfqdn.fallback`.
///
/// # Errors
/// [`Error::Type`] for a name with a NUL byte in it, [`Error::Os`] where this host's name cannot be had. A
/// host that is not found is no error.
pub fn getfqdn(name: Option<&[u8]>) -> Result<BString> {
    let name: BString = match name {
        Some(name) if !name.is_empty() => name.into(),
        _ => gethostname()?,
    };
    match gethostbyaddr(&name) {
        Ok(entry) => {
            let qualified =
                std::iter::once(&entry.name).chain(&entry.aliases).find(|name| name.contains_str("."));
            Ok(qualified.unwrap_or(&entry.name).clone())
        }
        Err(error) if is_lookup_failure(&error) => Ok(name),
        Err(error) => Err(error),
    }
}

fn is_lookup_failure(error: &Error) -> bool {
    matches!(error.class(), Class::Error | Class::Herror | Class::Gaierror)
}
