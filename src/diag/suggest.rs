//! "Did you mean": the nearest of the names that would have been right.

/// Longer names are no slips, and comparing them takes long.
const MAX_NAME: usize = 255;

/// The candidate that `name` is most likely a slip for, or none when nothing is near enough.
///
/// Case is ignored first; then a third of the name's letters may differ (Damerau-Levenshtein).
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    if length > MAX_NAME {
        return None;
    }
    let lower = name.to_lowercase();
    let allowed = (length / 3).max(1);
    candidates
        .into_iter()
        // The distance is at least the difference in length, and this is much cheaper to find out.
        .filter(|candidate| candidate.chars().count().abs_diff(length) <= allowed)
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
            (distance, candidate)
        })
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ``did you mean `X`?``, when something is near enough.
pub fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_nonsense_finds_none() {
        let names = ["HelloFunction", "OrdersTable"];
        assert_eq!(nearest("HeloFunction", names), Some("HelloFunction"));
        assert_eq!(nearest("orderstable", names), Some("OrdersTable"));
        assert_eq!(nearest("Completely", names), None);
    }
}
