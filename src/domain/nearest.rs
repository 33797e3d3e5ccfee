//! The known name that is nearest to a mistyped one.

/// The least similarity of a name that is worth suggesting; that of `clap`.
const LEAST: f64 = 0.7;

/// Returns the most similar of the known names, if one is similar.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let similar =
        known.into_iter().map(|name| (strsim::jaro(typed, name), name)).filter(|(like, _)| *like > LEAST);
    similar.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, name)| name)
}
