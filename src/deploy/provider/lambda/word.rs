//! Properties that are one of a few words, and lists of such, as the SDK's own types.

use aws_smithy_types::error::operation::BuildError;

use crate::aws::Fault;
use crate::deploy::provider::Properties;

/// One word.
pub(super) fn word<T>(properties: &Properties<'_>, name: &str) -> Result<Option<T>, Fault>
where
    T: for<'a> From<&'a str>,
{
    let text = properties.text(name)?;
    Ok(text.map(|text| T::from(text.as_str())))
}

/// A list of words; none when it is not there.
pub(super) fn words<T>(properties: &Properties<'_>, name: &str) -> Result<Option<Vec<T>>, Fault>
where
    T: for<'a> From<&'a str>,
{
    let texts = properties.texts(name)?;
    Ok(texts.map(|texts| texts.iter().map(|text| T::from(text.as_str())).collect()))
}

/// What the SDK made of the mapping `name`; it refuses when something that must be there is not.
pub(super) fn built<T>(
    properties: &Properties<'_>,
    name: &str,
    built: Result<T, BuildError>,
) -> Result<T, Fault> {
    built.map_err(|error| properties.fault(name, &format!("is not complete: {error}")))
}
